#include "data/vectors/subwords/piece_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// A tokenizer.json of a model and further fields, which start with a comma.
std::string tokenizer_json(const std::string& model, const std::string& fields = "") {
  return R"({"version":"1.0","model":)" + model + fields + "}";
}

std::vector<std::string> pieces_of(const PieceTokenizer& tokenizer, const std::string& word) {
  std::vector<std::string> pieces;
  for (const auto id : tokenizer.ids_of(word)) pieces.emplace_back(tokenizer.piece(id));
  return pieces;
}

std::string refusal(const std::string& content) {
  return message_of<Error>([&] { PieceTokenizer(content, "t.json"); });
}

const std::string kBert =
    R"(,"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,)"
    R"("strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},)"
    R"("added_tokens":[{"id":0,"content":"[UNK]","special":true,"normalized":false},)"
    R"({"id":1,"content":"[CLS]","special":true,"normalized":false}])";

const std::string kWordPiece =
    R"({"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",)"
    R"("max_input_chars_per_word":20,"vocab":{"[UNK]":0,"[CLS]":1,"un":2,"##aff":3,"##able":4,)"
    R"("##a":5,"cafe":6,"-":7,"Upper":8,"unaff":9,"[unused1]":10,"中":11,"##":12}})";

TEST(PieceTokenizer, WordPieceTakesTheLongestPiece) {
  const PieceTokenizer tokenizer(tokenizer_json(kWordPiece, kBert), "t.json");
  EXPECT_THAT(pieces_of(tokenizer, "unaffable"), ElementsAre("unaff", "##able"));
  EXPECT_THAT(pieces_of(tokenizer, "una"), ElementsAre("un", "##a"));
  // Upper case, and accents that are part of a character or follow it.
  EXPECT_THAT(pieces_of(tokenizer, "CAFÉ"), ElementsAre("cafe"));
  EXPECT_THAT(pieces_of(tokenizer, "cafe\u0301"), ElementsAre("cafe"));
  EXPECT_THAT(pieces_of(tokenizer, "un-cafe"), ElementsAre("un", "-", "cafe"));
  EXPECT_THAT(pieces_of(tokenizer, "中中"), ElementsAre("中", "中"));
  // A part with an unknown rest is unknown as a whole; the others remain.
  EXPECT_THAT(pieces_of(tokenizer, "unz"), IsEmpty());
  EXPECT_THAT(pieces_of(tokenizer, "unz-cafe"), ElementsAre("-", "cafe"));
  EXPECT_THAT(pieces_of(tokenizer, "unaaaaaaaaaaaaaaaaaa"), testing::SizeIs(19));  // 20 characters
  EXPECT_THAT(pieces_of(tokenizer, "unaaaaaaaaaaaaaaaaaaa"), IsEmpty());           // 21
  EXPECT_THAT(pieces_of(tokenizer, "[CLS]"), IsEmpty());
  EXPECT_THAT(pieces_of(tokenizer, "un[CLS]"), IsEmpty());
  EXPECT_THAT(pieces_of(tokenizer, ""), IsEmpty());
  EXPECT_THAT(pieces_of(tokenizer, "un\xff"), IsEmpty());
}

TEST(PieceTokenizer, WordsAreThePiecesThatTheTokenizerChoosesForThem) {
  const PieceTokenizer tokenizer(tokenizer_json(kWordPiece, kBert), "t.json");
  // Without special and continuing pieces, "Upper" (lower case is looked up), and "[unused1]" and
  // "##" (divided at punctuation).
  EXPECT_THAT(tokenizer.words(), ElementsAre(Pair("un", 2), Pair("cafe", 6), Pair("-", 7),
                                             Pair("unaff", 9), Pair("中", 11)));
}

const std::string kUnigram =
    R"({"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁",-3.0],["▁new",-2.0],["er",-2.5],)"
    R"(["▁ne",-1.0],["w",-0.5],["▁newer",-9.0],["s",-3.5],["new",-2.0]]})";
const std::string kMetaspace =
    R"(,"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"})";

TEST(PieceTokenizer, UnigramTakesTheBestPath) {
  const PieceTokenizer tokenizer(tokenizer_json(kUnigram, kMetaspace), "t.json");
  // -1 - 0.5 - 2.5 = -4 is more than -2 - 2.5 and -9.
  EXPECT_THAT(pieces_of(tokenizer, "newer"), ElementsAre("▁ne", "w", "er"));
  EXPECT_THAT(pieces_of(tokenizer, "new"), ElementsAre("▁ne", "w"));
  EXPECT_THAT(pieces_of(tokenizer, "ne"), ElementsAre("▁ne"));
  // Unknown characters are left out, the others stay.
  EXPECT_THAT(pieces_of(tokenizer, "neqqs"), ElementsAre("▁ne", "s"));
  EXPECT_THAT(pieces_of(tokenizer, "w"), ElementsAre("▁", "w"));
  // "newer" and "new" have other pieces than the entries of their names.
  EXPECT_THAT(tokenizer.words(), ElementsAre(Pair("ne", 4)));
}

TEST(PieceTokenizer, UnigramWithBytes) {
  const std::string model =
      R"({"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0.0],["▁a",-1.0],)"
      R"(["<0xC3>",-9.0],["<0xA4>",-9.0]]})";
  const PieceTokenizer tokenizer(tokenizer_json(model, kMetaspace), "t.json");
  EXPECT_THAT(pieces_of(tokenizer, "aä"), ElementsAre("▁a", "<0xC3>", "<0xA4>"));
  EXPECT_THAT(pieces_of(tokenizer, "aö"), ElementsAre("▁a"));
}

TEST(PieceTokenizer, BpeMergesByRank) {
  const std::string bytes =
      R"(,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true,"use_regex":true})";
  const std::string model =
      R"({"type":"BPE","vocab":{"Ġ":0,"l":1,"o":2,"w":3,"er":4,"e":5,"r":6,"Ġl":7,"ow":8,"Ġlow":9,)"
      R"("Ã":10,"¤":11,"Ã¤":12,"lo":13},"merges":["o w","Ġ l",["Ġl","ow"],"e r","Ã ¤","l o"]})";
  const PieceTokenizer tokenizer(tokenizer_json(model, bytes), "t.json");
  EXPECT_THAT(pieces_of(tokenizer, "lower"), ElementsAre("Ġlow", "er"));
  EXPECT_THAT(pieces_of(tokenizer, "low"), ElementsAre("Ġlow"));
  EXPECT_THAT(pieces_of(tokenizer, "loä"), ElementsAre("Ġl", "o", "Ã¤"));
  EXPECT_THAT(tokenizer.words(), ElementsAre(Pair("l", 7), Pair("low", 9)));
}

TEST(PieceTokenizer, AddedTokensAreWords) {
  const std::string model = R"({"type":"WordLevel","unk_token":"?","vocab":{"?":0,"new":1}})";
  const std::string added =
      R"(,"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"WhitespaceSplit"},)"
      R"("added_tokens":[{"id":2,"content":"New York","special":false,"normalized":true}])";
  const PieceTokenizer tokenizer(tokenizer_json(model, added), "t.json");
  EXPECT_THAT(tokenizer.words(), ElementsAre(Pair("new", 1), Pair("New York", 2)));
  EXPECT_THAT(tokenizer.ids_of("new york"), ElementsAre(2));
  EXPECT_THAT(tokenizer.ids_of("new yorkers"), IsEmpty());
}

TEST(PieceTokenizer, NormalizersAndDivisions) {
  const auto pieces = [](const std::string& steps, const std::string& word) {
    // Each character is a piece; what is unknown shows the divisions.
    const std::string model =
        R"({"type":"WordLevel","unk_token":"?","vocab":{"?":0,"ab":1,"12":2,"a":3,"_":4,"x":5,)"
        R"("...":6,".":7,"ä":8,"fi":9,"▁ab":10}})";
    return pieces_of(PieceTokenizer(tokenizer_json(model, steps), "t.json"), word);
  };
  const auto split = [](const std::string& step) { return R"(,"pre_tokenizer":)" + step; };
  const auto normalize = [](const std::string& step) { return R"(,"normalizer":)" + step; };
  EXPECT_THAT(pieces(split(R"({"type":"Whitespace"})"), "ab...ab"), ElementsAre("ab", "...", "ab"));
  EXPECT_THAT(pieces(split(R"({"type":"Punctuation"})"), "ab..ab"),
              ElementsAre("ab", ".", ".", "ab"));
  EXPECT_THAT(pieces(split(R"({"type":"Digits","individual_digits":false})"), "ab12ab"),
              ElementsAre("ab", "12", "ab"));
  EXPECT_THAT(pieces(split(R"({"type":"Digits","individual_digits":true})"), "ab12ab"),
              ElementsAre("ab", "ab"));
  EXPECT_THAT(pieces(split(R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},)"
                           R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]})"),
                     "ab ab"),
              ElementsAre("▁ab", "ab"));
  EXPECT_THAT(pieces(normalize(R"({"type":"NFC"})"), "a\u0308"), ElementsAre("ä"));
  EXPECT_THAT(pieces(normalize(R"({"type":"NFKD"})"), "\ufb01"), ElementsAre("fi"));
  EXPECT_THAT(pieces(normalize(R"({"type":"Sequence","normalizers":[{"type":"NFD"},)"
                               R"({"type":"StripAccents"},{"type":"Lowercase"}]})"),
                     "Ä"),
              ElementsAre("a"));
  EXPECT_THAT(pieces(normalize(R"({"type":"Strip","strip_left":true,"strip_right":true})"), " ab "),
              ElementsAre("ab"));
  EXPECT_THAT(
      pieces(normalize(R"({"type":"Replace","pattern":{"String":"-"},"content":""})"), "a-b-"),
      ElementsAre("ab"));
  EXPECT_THAT(
      pieces(normalize(R"({"type":"Replace","pattern":{"Regex":" {2,}"},"content":""})"), "a   b"),
      ElementsAre("ab"));
  EXPECT_THAT(pieces(normalize(R"({"type":"Prepend","prepend":"▁"})"), "ab"), ElementsAre("▁ab"));
}

std::string base64(const std::string& bytes) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
    unsigned digit = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const unsigned byte = i / 8 < bytes.size() ? static_cast<unsigned char>(bytes[i / 8]) : 0;
      digit = digit << 1 | (byte >> (7 - i % 8) & 1);
    }
    text += digits[digit];
  }
  return text;
}

TEST(PieceTokenizer, SentencepiecesTable) {
  // A trie of one entry, "A", which is replaced by "ab". Root: its children are at 1 ^ byte. Unit
  // 0x40: reached by "A" (0x41), ends an entry, whose replacement's place is in unit 0x41.
  std::vector<std::uint32_t> units(0x42);
  units[0] = 1U << 10;
  units[0x40] = 1U << 10 | 1U << 8 | 0x41;
  units[0x41] = 1U << 31 | 2;
  std::string table = std::string("\x08\x01\0\0", 4);
  table.append(reinterpret_cast<const char*>(units.data()), units.size() * 4);
  table += std::string("x\0ab\0", 5);
  const auto tokenizer = [](const std::string& text) {
    return tokenizer_json(
        R"({"type":"WordLevel","unk_token":"?","vocab":{"?":0,"abbab":1,"abx":2}})",
        R"(,"normalizer":{"type":"Precompiled","precompiled_charsmap":")" + text + "\"}");
  };
  const PieceTokenizer known(tokenizer(base64(table)), "t.json");
  EXPECT_THAT(pieces_of(known, "AbA"), ElementsAre("abbab"));
  // A short visible character is replaced as a whole if it starts with an entry.
  EXPECT_THAT(pieces_of(known, "A\u0301x"), ElementsAre("abx"));
  EXPECT_THAT(pieces_of(known, "B"), IsEmpty());
  EXPECT_FALSE(PieceTokenizer(tokenizer("AAAA"), "t.json").can_divide());
  EXPECT_FALSE(PieceTokenizer(tokenizer("*"), "t.json").can_divide());
}

TEST(PieceTokenizer, WhatIsNotSupportedIsStated) {
  testing::internal::CaptureStderr();
  const PieceTokenizer tokenizer(
      tokenizer_json(kWordPiece, R"(,"normalizer":{"type":"Nmt"},"pre_tokenizer":)"
                                 R"({"type":"Split","pattern":{"Regex":"x"}})"),
      "t.json");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("t.json: not supported: the normalizer Nmt, the pre-tokenizer Split. Only "
                        "the words of its vocabulary have vectors, and they are looked up as "
                        "written"));
  EXPECT_FALSE(tokenizer.can_divide());
  EXPECT_THAT(
      tokenizer.words(),
      ElementsAre(Pair("[CLS]", 1), Pair("un", 2), Pair("cafe", 6), Pair("-", 7), Pair("Upper", 8),
                  Pair("unaff", 9), Pair("[unused1]", 10), Pair("中", 11), Pair("##", 12)));
}

TEST(PieceTokenizer, DamagedFiles) {
  const auto vocabulary = [](const std::string& vocab) {
    return refusal(tokenizer_json(R"({"type":"WordLevel","unk_token":"?","vocab":)" + vocab + "}"));
  };
  EXPECT_THAT(refusal("{"), HasSubstr("t.json"));
  EXPECT_THAT(refusal(R"({"model":{}})"), HasSubstr("the tokenizer has no vocabulary"));
  EXPECT_THAT(vocabulary("{}"), HasSubstr("the vocabulary of the tokenizer is empty"));
  EXPECT_THAT(vocabulary(R"({"a":0,"b":2})"),
              AllOf(HasSubstr("an id of the tokenizer has no piece"), HasSubstr("t.json: id 1"),
                    HasSubstr("the ids 0 to 2, without gaps")));
  EXPECT_THAT(
      vocabulary(R"({"a":0,"b":0})"),
      AllOf(HasSubstr("two pieces of the tokenizer have the same id"), HasSubstr("'a' and 'b'")));
  EXPECT_THAT(vocabulary(R"({"a":-1})"), HasSubstr("the tokenizer has an invalid id"));
  EXPECT_THAT(vocabulary(R"({"a":0.5})"), HasSubstr("the tokenizer has an invalid id"));
  EXPECT_THAT(vocabulary(R"({"a":"x"})"), HasSubstr("the tokenizer has an invalid id"));
  EXPECT_THAT(vocabulary(R"({"a":9000000000})"), HasSubstr("the tokenizer has an invalid id"));
  EXPECT_THAT(refusal(tokenizer_json(R"({"type":"Unigram","vocab":[["a",0],["a",0]]})")),
              AllOf(HasSubstr("a piece of the tokenizer has two ids"), HasSubstr("ids 0 and 1")));
  for (const std::string id : {"2", "-1", "0.5", "\"a\""})
    EXPECT_THAT(refusal(tokenizer_json(R"({"type":"Unigram","vocab":[["a",0],["b",0]],"unk_id":)" +
                                       id + "}")),
                AllOf(HasSubstr("the tokenizer has an invalid id"), HasSubstr("model.unk_id"),
                      HasSubstr("0 to 1"), HasSubstr(id)));
  EXPECT_THAT(refusal(tokenizer_json(R"({"type":"Unigram","vocab":[["a"]]})")),
              HasSubstr("the tokenizer can't be read"));
  EXPECT_THAT(refusal(tokenizer_json(R"({"type":"BPE","vocab":{"a":0},"merges":["a b"]})")),
              AllOf(HasSubstr("a merge of the tokenizer has a piece that is not in its vocabulary"),
                    HasSubstr("model.merges, entry 1")));
  EXPECT_THAT(refusal(tokenizer_json(R"({"type":"WordLevel","vocab":{"a":0}})",
                                     R"(,"added_tokens":[{"id":0,"content":"b"}])")),
              HasSubstr("two pieces of the tokenizer have the same id"));
}

}  // namespace
}  // namespace wordbridge
