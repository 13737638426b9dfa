#include "tests/data/catalogue/fetch_test.h"
#include "tests/support/loopback_server.h"

// Tests of downloads from working and misbehaving servers.

namespace wordbridge {
namespace {

const std::vector<std::string> kPartial = {"toy.part", "toy.part/download",
                                           "toy.part/download/pairs.tsv.partial",
                                           "toy.part/download/pairs.tsv.partial.json"};
const std::string kTag = "\"one\"";

class DownloadTest : public FetchTest {
 protected:
  static std::string source(const LoopbackServer& server, const std::string& path = "/pairs.tsv") {
    return "{url: '" + server.url(path) + "'}";
  }
  static LoopbackServer::Answer status(const std::string& line) {
    return [line](const HttpConnection& to, const HttpRequest&) {
      to.head(line, "Content-Length: 0\r\n");
    };
  }
  LoopbackServer::Answer whole(const std::string& tag = kTag) const {
    return [=](const HttpConnection& to, const HttpRequest& request) {
      serve_file(to, request, content_, tag);
    };
  }
  /// Interrupts the first response after `sent` bytes; later requests are answered by `rest`.
  LoopbackServer::Answer broken_then(LoopbackServer::Answer rest, std::size_t sent = 50000) const {
    const auto first = std::make_shared<bool>(true);
    return [=](const HttpConnection& to, const HttpRequest& request) {
      if (std::exchange(*first, false)) {
        serve_file(to, request, content_, kTag, sent);
      } else {
        rest(to, request);
      }
    };
  }
};

TEST_F(DownloadTest, AFileIsFetchedAndThenWhole) {
  const LoopbackServer server(whole());
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
  EXPECT_FALSE(fetch(entry(source(server))));
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_THAT(server.requests()[0].headers.at("user-agent"), testing::StartsWith("wordbridge/"));
}

TEST_F(DownloadTest, AMissingFileIsNotAskedForAgain) {
  const LoopbackServer server(status("404 Not Found"));
  expect_failure(entry(source(server)), {"can't fetch toy", server.url("/pairs.tsv"), "404"});
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(DownloadTest, AServerThatFailsIsAskedAgainAndThenGivenUp) {
  const LoopbackServer server(status("500 Internal Server Error"));
  expect_failure(entry(source(server)), {"HTTP status 500", "2 attempts"});
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(DownloadTest, AServerThatIsBusyIsAskedAgain) {
  int asked = 0;
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    if (asked++ == 0) {
      to.head("503 Service Unavailable", "Content-Length: 4\r\n");
      to.send("busy");
    } else {
      serve_file(to, request, content_, kTag);
    }
  });
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, ABrokenDownloadGoesOnWhereItStopped) {
  const LoopbackServer server(broken_then(whole()));
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
  const auto asked = server.requests();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].headers.at("range"), "bytes=50000-");
  EXPECT_EQ(asked[1].headers.at("if-range"), kTag);
}

TEST_F(DownloadTest, WhatABrokenDownloadLeftIsUsedByTheNextCall) {
  options_.download.attempts = 1;
  const LoopbackServer server(broken_then(whole()));
  expect_failure(
      entry(source(server)),
      {"is incomplete", "expected: " + human_count_of(content_), "50,000 bytes are kept"},
      kPartial);
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
  EXPECT_EQ(server.requests()[1].headers.at("range"), "bytes=50000-");
}

TEST_F(DownloadTest, AServerWithoutRangesStartsFromTheBeginning) {
  const LoopbackServer server(broken_then(
      [&](const HttpConnection& to, const HttpRequest&) { serve_file(to, {}, content_, kTag); }));
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, AFileThatChangedMeanwhileStartsFromTheBeginning) {
  const LoopbackServer server(broken_then(whole("\"two\"")));
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, ARangeOfAnotherFileIsNotAppended) {
  options_.download.attempts = 3;
  const LoopbackServer server(
      broken_then([&](const HttpConnection& to, const HttpRequest& request) {
        HttpRequest careless = request;  // ignores If-Range
        careless.headers.erase("if-range");
        serve_file(to, careless, content_, "\"two\"");
      }));
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(DownloadTest, ARangeThatIsRefusedStartsFromTheBeginning) {
  options_.download.attempts = 3;
  const LoopbackServer server(
      broken_then([&](const HttpConnection& to, const HttpRequest& request) {
        if (request.headers.count("range") > 0) {
          to.head("416 Range Not Satisfiable", "Content-Length: 0\r\n");
        } else {
          serve_file(to, request, content_, kTag);
        }
      }));
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, WrongBytesFromAnotherDayAreFetchedOnceMore) {
  options_.download.attempts = 1;
  const std::string right = content_;
  content_[10] = '#';
  const LoopbackServer server(
      broken_then([&](const HttpConnection& to, const HttpRequest& request) {
        serve_file(to, request, right, kTag);  // the same ETag for different content
      }));
  DatasetEntry wanted = entry(source(server));
  content_ = right;
  wanted = entry(source(server));
  content_[10] = '#';
  expect_failure(wanted, {"is incomplete"}, kPartial);
  EXPECT_TRUE(fetch(wanted));
  content_ = right;
  expect_fetched();
}

TEST_F(DownloadTest, AStalledDownloadIsGivenUp) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    serve_file(to, request, content_, kTag, 30000);
    to.stall();
  });
  options_.download.attempts = 1;
  expect_failure(entry(source(server)), {"is incomplete", "30,000 bytes", "too slow"}, kPartial);
}

TEST_F(DownloadTest, AServerThatNeverAnswersIsGivenUp) {
  const LoopbackServer server([](const HttpConnection& to, const HttpRequest&) { to.stall(); });
  options_.download.attempts = 1;
  expect_failure(entry(source(server)), {"did not respond in time", server.url("")});
}

TEST_F(DownloadTest, AnnouncedBytesThatDoNotComeAreMissed) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Content-Length: 999999\r\n");
    to.send(content_);
  });
  expect_failure(entry(source(server)), {"is incomplete", "999,999"}, kPartial);
}

TEST_F(DownloadTest, MoreBytesThanAnnouncedAreNoFile) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Content-Length: 1000\r\n");
    to.send(content_);
  });
  expect_failure(entry(source(server)),
                 {"does not match the catalogue", "pairs.tsv: expected " + human_count_of(content_),
                  "got 1,000"});
}

TEST_F(DownloadTest, WrongBytesOfTheRightLengthAreRefused) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    std::string wrong = content_;
    wrong[12345] ^= 1;
    serve_file(to, request, wrong, kTag);
  });
  expect_failure(entry(source(server)),
                 {"does not match the catalogue", "expected SHA-256 " + sha256(content_),
                  "the files are not used"});
}

TEST_F(DownloadTest, AnEmptyFileIsRefused) {
  const LoopbackServer server(status("200 OK"));
  expect_failure(entry(source(server)), {"pairs.tsv", "got 0"});
}

TEST_F(DownloadTest, RedirectionsAreFollowed) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    if (request.path == "/pairs.tsv") {
      to.head("302 Found", "Location: /elsewhere\r\nETag: \"none\"\r\nContent-Length: 0\r\n");
    } else {
      serve_file(to, request, content_, kTag);
    }
  });
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, RedirectionsInCirclesEnd) {
  const LoopbackServer server([](const HttpConnection& to, const HttpRequest&) {
    to.head("302 Found", "Location: /pairs.tsv\r\nContent-Length: 0\r\n");
  });
  expect_failure(entry(source(server)), {"too many redirects", server.url("/pairs.tsv")});
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST_F(DownloadTest, ARedirectionToALocalFileIsRefused) {
  const std::string secret = folder_.write("secret.tsv", content_);
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("302 Found", "Location: file://" + secret + "\r\nContent-Length: 0\r\n");
  });
  expect_failure(entry(source(server)), {"can't download", "Protocol \"file\""});
}

TEST(RedirectionTest, FromHttpsToHttpIsRefused) {
  EXPECT_TRUE(gives_up_encryption("https://one/x", "http://two/x"));
  EXPECT_TRUE(gives_up_encryption("HTTPS://one/x", "HTTP://one/x"));
  for (const char* to : {"https://two/x", "Https://two", "//two/x", "/x", "x", "", "?to=http://two",
                         "a/http://two", "#http:"})
    EXPECT_FALSE(gives_up_encryption("https://one/x", to)) << to;
  EXPECT_FALSE(gives_up_encryption("http://one/x", "http://two/x"));
  EXPECT_FALSE(gives_up_encryption("http://one/x", "https://two/x"));
}

TEST_F(DownloadTest, OnlyHttpIsSpoken) {
  const std::string secret = folder_.write("secret.tsv", content_);
  const auto target = folder_ / "copy.tsv";
  for (const std::string& url : {"file://" + secret, std::string("ftp://127.0.0.1:1/pairs.tsv")}) {
    EXPECT_THAT(message_of<Error>([&] { download(url, target, options_.download); }),
                testing::AllOf(testing::HasSubstr("can't download"), testing::HasSubstr(url),
                               testing::HasSubstr("Protocol \"" + url.substr(0, url.find(':')))));
  }
  EXPECT_FALSE(std::filesystem::exists(target));
}

TEST_F(DownloadTest, PiecesOfUnknownNumberAreTaken) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Transfer-Encoding: chunked\r\n");
    for (std::size_t at = 0; at < content_.size(); at += 4096) {
      const auto piece = content_.substr(at, 4096);
      to.send(fmt::format("{:x}\r\n", piece.size()) + piece + "\r\n");
    }
    to.send("0\r\n\r\n");
  });
  EXPECT_TRUE(fetch(entry(source(server))));
  expect_fetched();
}

TEST_F(DownloadTest, PiecesThatStopWithoutAnEndLeaveNothing) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Transfer-Encoding: chunked\r\n");
    to.send("1000\r\n" + content_.substr(0, 4096) + "\r\n");
  });
  // Without a length or an ETag the download can't be resumed.
  expect_failure(entry(source(server)), {"is incomplete", "4,096 bytes", "try again later"});
}

TEST_F(DownloadTest, AnEndlessBodyIsCutOff) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "");
    while (to.send(content_)) {
    }
  });
  options_.download.max_bytes = 1000000;
  expect_failure(entry(source(server)), {"larger than allowed", "1.0 MB", "got: more"});
}

TEST_F(DownloadTest, AnImpossibleLengthIsRefusedAtOnce) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Content-Length: 99000000000\r\n");
    to.send("x");
    to.stall();
  });
  expect_failure(entry(source(server)), {"larger than allowed", "99.0 GB"});
}

TEST_F(DownloadTest, NobodyListens) {
  LoopbackServer server(whole());
  server.stop();
  expect_failure(entry(source(server)), {"can't download", server.url("/pairs.tsv"), "connect"});
}

TEST_F(DownloadTest, TheSecondSourceHelpsWhereTheFirstIsDead) {
  LoopbackServer dead(whole());
  dead.stop();
  const LoopbackServer wrong(status("404 Not Found")), good(whole());
  EXPECT_TRUE(fetch(entry(source(dead) + ", " + source(wrong) + ", " + source(good))));
  expect_fetched();
  EXPECT_THAT(slurp(options_.root / "toy/dataset.json"),
              testing::HasSubstr(good.url("/pairs.tsv")));
}

TEST_F(DownloadTest, AllThatWasTriedIsSaid) {
  const LoopbackServer gone(status("404 Not Found")), forbidden(status("403 Forbidden"));
  expect_failure(
      entry("{path: /no/such.tsv, package: toy-data}, " + source(gone) + ", " + source(forbidden)),
      {"/no/such.tsv", "apt install toy-data", gone.url("/pairs.tsv"), "404",
       forbidden.url("/pairs.tsv"), "403", "--from DIR"});
}

TEST_F(DownloadTest, APageInsteadOfAnArchiveIsSaid) {
  const LoopbackServer server([](const HttpConnection& to, const HttpRequest& request) {
    serve_file(to, request, "<html>come back later</html>", kTag);
  });
  expect_failure(entry(source(server, "/pairs.zip")), {"does not match its name", ".zip"});
  expect_failure(entry("{url: '" + server.url("/get?file=1") + "', inside: toy}"),
                 {"the file is not an archive", "other content"});
}

TEST_F(DownloadTest, AGoodCopySurvivesAFailedFetch) {
  const LoopbackServer good(whole()), gone(status("404 Not Found"));
  EXPECT_TRUE(fetch(entry(source(good))));
  options_.force = true;
  const auto before = below_root();
  expect_failure(entry(source(gone)), {"404"}, before);
  expect_fetched();
}

TEST_F(DownloadTest, ADamagedCopyIsReplaced) {
  const LoopbackServer good(whole());
  EXPECT_TRUE(fetch(entry(source(good))));
  write_file(options_.root / "toy/files/pairs.tsv", "damaged");
  EXPECT_TRUE(fetch(entry(source(good))));
  expect_fetched();
}

}  // namespace
}  // namespace wordbridge
