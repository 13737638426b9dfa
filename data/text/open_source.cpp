#include "data/text/open_source.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/text.h"
#include "data/text/corpus_formats.h"
#include "data/text/synthetic_text.h"
#include "data/text/text_files.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using Part = Document::Part;

constexpr std::array<std::string_view, 4> kPartNames = {"any", "train", "valid", "test"};

/// Each file or archive member is a document.
class PlainSource : public TextSource {
 public:
  explicit PlainSource(const SourceOptions& options) {
    const bool parts = !options.valid_paths.empty() || !options.test_paths.empty();
    add(options.paths, parts ? Part::train : Part::any);
    add(options.valid_paths, Part::valid);
    add(options.test_paths, Part::test);
  }

  bool next(Document& document) override {
    TextEntry entry;
    while (current_ < items_.size() && !items_[current_].files.next(entry)) ++current_;
    if (current_ == items_.size()) return false;
    document = {std::move(entry.place), items_[current_].part};
    return true;
  }
  std::size_t read(char* buffer, std::size_t size) override {
    return items_[current_].files.read(buffer, size);
  }

  std::uint64_t bytes() const override { return sum(&TextFiles::bytes); }
  std::uint64_t bytes_read() const override { return sum(&TextFiles::bytes_read); }
  std::uint64_t text_bytes() const override { return sum(&TextFiles::text_bytes); }

  std::string identity() const override {
    nlohmann::json identity = {{"reader", "text"}, {"files", nlohmann::json::array()}};
    for (const auto& item : items_) {
      for (auto file : item.files.identity()) {
        file["part"] = kPartNames[static_cast<std::size_t>(item.part)];
        identity["files"].push_back(std::move(file));
      }
    }
    return json_text(identity);
  }

 private:
  struct Item {
    TextFiles files;
    Part part;
  };

  void add(const std::vector<std::string>& paths, Part part) {
    for (const auto& path : paths) items_.push_back({TextFiles(path), part});
  }
  std::uint64_t sum(std::uint64_t (TextFiles::*amount)() const) const {
    std::uint64_t total = 0;
    for (const auto& item : items_) total += (item.files.*amount)();
    return total;
  }

  std::vector<Item> items_;
  std::size_t current_ = 0;
};

/// Copies the next bytes of text in memory to `buffer` and removes them from `text`.
std::size_t take(std::string_view& text, char* buffer, std::size_t size) {
  size = text.copy(buffer, size);
  text.remove_prefix(size);
  return size;
}

/// A corpus that is read completely before its first document: tens of megabytes at most.
class KnownSource : public TextSource {
 public:
  KnownSource(const KnownReader& reader, TextFiles files)
      : reader_(reader), files_(std::move(files)) {}

  bool next(Document& document) override {
    if (!loaded_) load();
    if (next_ == documents_.size()) return false;
    const DocumentRange& range = documents_[next_++];
    document = {range.name, range.part};
    rest_ = std::string_view(*range.text).substr(range.begin, range.size);
    // The dictionary has some parts in another encoding, which must not make all of it unreadable.
    if (reader_.mend_utf8 && invalid_utf8(rest_)) {
      mended_ = with_replacements(rest_);
      rest_ = mended_;
    }
    if (reader_.plain != nullptr) {
      plain_ = reader_.plain(rest_);
      rest_ = plain_;
    }
    return true;
  }
  std::size_t read(char* buffer, std::size_t size) override { return take(rest_, buffer, size); }

  std::uint64_t bytes() const override { return files_.bytes(); }
  std::uint64_t bytes_read() const override { return files_.bytes_read(); }
  std::uint64_t text_bytes() const override { return files_.text_bytes(); }
  std::string identity() const override {
    nlohmann::json identity = {{"reader", reader_.name()}, {"files", files_.identity()}};
    if (reader_.plain != nullptr) identity["markup"] = "removed";
    return json_text(identity);
  }

 private:
  void load() {
    TextEntry entry;
    while (files_.next(entry)) {
      const std::string name = unpacked_name(entry.name);
      if (!reader_.wanted(name)) continue;
      const auto [other, added] = texts_.emplace(name, KnownText{entry.place, {}});
      if (!added) {
        throw Error("a file occurs twice")
            .at("{}", files_.path().string())
            .expected("one {}", name)
            .got("another one in addition to {}", other->second.place);
      }
      other->second.text = files_.read_all();
    }
    if (texts_.empty()) {
      throw Error(fmt::format("no files found for the reader '{}'", reader_.name()))
          .at("{}", files_.path().string())
          .expected("{}", reader_.content)
          .got("none of them")
          .hint("{}", reader_.hint);
    }
    documents_ = reader_.cut(texts_);
    loaded_ = true;
  }

  const KnownReader& reader_;
  TextFiles files_;
  TextsByName texts_;
  std::vector<DocumentRange> documents_;
  std::size_t next_ = 0;
  std::string_view rest_;  // of the current document
  std::string mended_, plain_;
  bool loaded_ = false;
};

/// One document, generated when the source is opened.
class SyntheticSource : public TextSource {
 public:
  SyntheticSource(const SourceOptions& options, const SyntheticReader& reader)
      : groups_path_(options.paths.at(0)),
        identity_({{"reader", name_of(options.reader)},
                   {"groups", sha256(read_file(groups_path_))},
                   {"lines", options.synthetic.lines},
                   {"seed", options.synthetic.seed}}),
        text_(reader.draw(read_word_groups(groups_path_), options.synthetic.lines,
                          static_cast<std::uint64_t>(options.synthetic.seed))) {}

  bool next(Document& document) override {
    if (done_) return false;
    done_ = true;
    document = {"generated from " + groups_path_, Part::any};
    rest_ = text_;
    return true;
  }
  std::size_t read(char* buffer, std::size_t size) override { return take(rest_, buffer, size); }
  std::uint64_t bytes() const override { return text_.size(); }
  std::uint64_t bytes_read() const override { return done_ ? text_.size() : 0; }
  std::uint64_t text_bytes() const override { return text_.size(); }
  std::string identity() const override { return json_text(identity_); }

 private:
  std::string groups_path_;
  nlohmann::json identity_;
  std::string text_;
  std::string_view rest_;
  bool done_ = false;
};

std::unique_ptr<TextSource> open_known(const KnownReader& reader, const SourceOptions& options) {
  if (options.paths.size() > 1) {
    throw Error(fmt::format("the reader '{}' accepts only one path", reader.name()))
        .got("{}", join(options.paths, ", "));
  }
  const auto wanted = [&reader](std::string_view name) {
    return reader.wanted(unpacked_name(name));
  };
  return std::make_unique<KnownSource>(
      reader, TextFiles(options.paths.front(), wanted, std::string(reader.hint)));
}

}  // namespace

std::unique_ptr<TextSource> open_source(const SourceOptions& options) {
  if (options.paths.empty()) {
    throw Error("no text to read").expected("a path in data.path").got("none");
  }
  if (const auto* reader = known_reader(options.reader)) return open_known(*reader, options);
  if (const auto* reader = synthetic_reader(options.reader))
    return std::make_unique<SyntheticSource>(options, *reader);
  return std::make_unique<PlainSource>(options);
}

}  // namespace wordbridge
