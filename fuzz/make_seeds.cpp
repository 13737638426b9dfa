// fuzz_seeds FOLDER: writes small files in each format to FOLDER/TARGET/, as seeds for the fuzzer.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/io/file.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {
namespace {

template <class T>
std::string bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Joins two files in the format of two_files() in fuzz_target.h, which splits them again.
std::string two_files(const std::string& first, const std::string& second) {
  return bytes(static_cast<std::uint16_t>(second.size())) + first + second;
}

/// A matrix with the elements 0, 1, ...
std::string matrix(std::int64_t rows, std::int64_t dim) {
  std::string text = bytes(rows) + bytes(dim);
  for (std::int64_t i = 0; i < rows * dim; ++i) text += bytes(static_cast<float>(i));
  return text;
}

std::string quantised_matrix(std::int64_t rows) {
  std::string text = '\1' + bytes(rows) + bytes<std::int64_t>(1) +
                     bytes(static_cast<std::int32_t>(rows)) +
                     std::string(static_cast<std::size_t>(rows), '\3');
  std::string codebook;
  for (const std::int32_t value : {1, 1, 1, 1}) codebook += bytes(value);
  for (int i = 0; i < 256; ++i) codebook += bytes(static_cast<float>(i));
  return text + codebook + std::string(static_cast<std::size_t>(rows), '\2') + codebook;
}

std::string fasttext_model(bool has_magic, bool is_quantised) {
  constexpr std::int32_t kBuckets = 5, kSupervised = 3;
  std::string text = has_magic ? "\xba\x16\x4f\x2f" + bytes<std::int32_t>(12) : "";
  const std::int32_t dim = is_quantised ? 1 : 2;
  for (const std::int32_t value : {dim, 5, 5, 1, 5, 1, 2, kSupervised, kBuckets, 1, 3, 100})
    text += bytes(value);
  text += bytes(1e-4);
  for (const std::int32_t value : {3, 2, 1}) text += bytes(value);
  text += bytes<std::int64_t>(9);
  if (has_magic) text += bytes<std::int64_t>(is_quantised ? 1 : -1);
  for (const std::string word : {"a", "</s>", "__label__x"})
    text += word + '\0' + bytes<std::int64_t>(3) + (word.size() > 4 ? '\1' : '\0');
  if (is_quantised)
    return text + bytes<std::int32_t>(4) + bytes<std::int32_t>(0) + '\1' + quantised_matrix(3) +
           '\0' + matrix(1, 1);
  const std::string flag = has_magic ? std::string(1, '\0') : "";
  return text + flag + matrix(2 + kBuckets, dim) + flag + matrix(1, dim);
}

void write_seed(const fs::path& folder, const std::string& target, const std::string& name,
                const std::string& content) {
  make_folder(folder / target);
  write_file(folder / target / name, content);
  make_folder(folder / "any_file");
  write_file(folder / "any_file" / (target + "-" + name), content);
}

void write_dictionaries(const fs::path& folder) {
  const std::string text =
      "Ox \\Ox\\ ([o^]ks), n.; pl. {Oxen} (-'n). [AS. oxa; akin to\n   D. os.] (Zool.)\n"
      "   1. A bull. [Obs.] --Shak.\n      [1913 Webster +PJC]\n\n   Note: a[\"e]rial (b) [2]\n";
  write_seed(folder, "dictd", "gcide", two_files(text, "00-x\tA\tB\nox\tA\tBA\nbull\tBA\tL\n"));
  write_seed(folder, "dictd", "glosses",
             two_files("  1 L\n1 03 n 01 a 0 000 | that; \"x\"  \n", ""));
  write_seed(folder, "dictd", "foldoc",
             two_files("Ox\nBull\n\n   <animal> (Bl) 1. A {cow} [x].  See {y}, \"a b c.\"\n\n   "
                       "{z (http://a)}\n\n   (2000-11-22)\n    n 1: a [syn: {b(a)}]\n\\a\\ Symbol:",
                       "ox\tA\tCA\nbull\tA\tCA\tB/ull\n"));
  write_seed(
      folder, "dictzip", "chunks",
      std::string(
          "\x1f\x8b\x08\x0c\0\0\0\0\x02\x03\x0e\0RA\x0a\0\x01\0\x08\0\x02\0\x0c\0\x0d\0"
          "d.dict\0\xca\xaf\x50\xc8\x07\x21\0\0\0\0\xff\xff\x52\xc8\xaf\x50\x48\xce\x2f\x07\0\0"
          "\0\xff\xff\x03\0\xfd\x82\x22\x3f\x0f\0\0\0",
          68));
  write_seed(folder, "lexicon", "lexicon", "# kinds\na b cat\n cat\tthe 1 2\n");
  write_seed(folder, "lexicon", "pairs", "a\tb\tstrong\ncat\tthe\tweak\na cat\n");
  const char kEnd = '\x1e';
  write_seed(folder, "wordnet", "counts",
             std::string("1 05 n 02 ox 0 Bull 1 000 | that\n2 05 n 01 cow 0 001 @ 1 n 0000 | x\n") +
                 kEnd + "ox n 1 0 1 0 1\nbull n 1 0 1 0 1\ncow n 1 1 @ 1 0 2\n" + kEnd +
                 "1 00 a 01 out(p) 1 000 | x\n2 00 s 01 away 0 001 & 1 a 0000 | y\n" + kEnd +
                 "away a 1 1 & 1 1 2\n" + kEnd +
                 "bull%1:05:01:: 1 7\ncow%1:05:00:: 2 3\naway%5:00:00:out(p):01 1 2\n" + kEnd +
                 "oxen ox\ncows cow\n");
}

void write_benchmark_seeds(const fs::path& folder) {
  const auto write = [&](const std::string& target, const std::string& name,
                         const std::string& content) {
    make_folder(folder / target);
    write_file(folder / target / name, content);
  };
  write("pairs", "plain", "# a comment\nking\tqueen\t8.5\n#love\thate\t1\n");
  write("pairs", "quoted",
        "\"\",\"word1\",\"word2\",\"POS\",\"Human (mean)\"\n\"1\",\"a \"\"b\"\"\",\"c\",\"N\",7\n");
  write("pairs", "judges",
        "1;a;n;b;n;the a is;the b is;1.5;1;2\n2;c;n;d;n;a c is;a d is;2.0;1;3\n");
  write("pairs", "blanks",
        "\xef\xbb\xbf"
        "a b 1 \r\nc  d 2e0\r\n");
  write("analogies", "plain", ": family\nking queen man woman\n:) :( happy sad\n# comment\n");
  write("analogies", "quoted", "word1,word2,word3,word4\n\"a\",b,c,d\ne f\tg\th\ti\n");
  write("word_sets", "groups", "word\tcategory\na\tx\n#b\tx\nc\ty z\n");
  write("word_sets", "table", "group\trole\tword\ns\tmember\ta\ns\tmember\tb\ns\toutlier\tc\n");
  write("word_sets", "lists", "a\nb\n# comment\n\nc\n");
  write("word_sets", "tests", "t\ttarg1\tA\ta\nt\ttarg2\tB\tb\nt\tattr1\tC\tc\nt\tattr2\tD\td\n");
  write("word_sets", "json",
        R"({"targ1":{"category":"A","examples":["a"]},"targ2":{"category":"B","examples":["b"]},)"
        R"("attr1":{"category":"C","examples":["c"]},"attr2":{"category":"D","examples":["d"]}})");
}

void write_arpa_seeds(const fs::path& folder) {
  const std::string counts = "\\data\\\nngram 1=4\nngram 2=3\nngram 3=1\n\n";
  const std::string ngrams =
      "\\1-grams:\n-99\t<s>\t-0.3\n-0.6\t</s>\n-0.9\t<unk>\t-0.1\n-0.5\ta\t-0.2\n\n"
      "\\2-grams:\n-0.3\t<s> a\t-0.1\n-0.4\ta a\n-0.2 a </s> 0\n\n\\3-grams:\n-0.1\t<s> a a\n\n"
      "\\end\\\n";
  write_seed(folder, "arpa", "plain", "some text\n" + counts + ngrams);
  write_seed(folder, "arpa", "intermediate", "iARPA\n\n" + counts + ngrams);
  write_seed(folder, "arpa", "quantised",
             "qARPA 2 2 1\n\n\\data\\\nngram 1=3\nngram 2=2\n\n\\1-grams:\n2\n-0.5 -0.2\n-99 0\n"
             "1\t<s>\t0\n0\t</s>\t1\n0\ta\t0\n\n\\2-grams:\n1\n-0.3\n0\t<s> a\n0\ta </s>\n\n"
             "\\end\\\n");
}

void write_tokenizers(const fs::path& folder) {
  make_folder(folder / "tokenizer");
  const auto write = [&](const std::string& name, const std::string& json,
                         const std::string& word) {
    write_file(folder / "tokenizer" / name, two_files(json, word));
  };
  write("word_piece",
        R"({"model":{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"##",)"
        R"("max_input_chars_per_word":9,"vocab":{"?":0,"un":1,"##a":2,"b":3}},"normalizer":)"
        R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,)"
        R"("strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},)"
        R"("added_tokens":[{"id":4,"content":"[C]","special":true,"normalized":false}]})",
        "UnáA-b");
  write("unigram",
        R"({"model":{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["?",0.0],)"
        R"(["▁",-3.0],["▁ne",-1.0],["er",-2.5],["<0xC3>",-9.0]]},"normalizer":{"type":"Sequence",)"
        R"("normalizers":[{"type":"Precompiled","precompiled_charsmap":"CAAAAAAQAAAAAAAAYQA="},)"
        R"({"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"},{"type":"NFKD"},)"
        R"({"type":"Strip","strip_left":true,"strip_right":true}]},"pre_tokenizer":)"
        R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}})",
        "ne  er");
  write("bpe",
        R"({"model":{"type":"BPE","dropout":null,"end_of_word_suffix":"","ignore_merges":false,)"
        R"("fuse_unk":false,"vocab":{"Ġ":0,"l":1,"o":2,"w":3,"Ġl":4,"ow":5,"Ã":6},"merges":)"
        R"(["o w","Ġ l",["l","ow"]]},"pre_tokenizer":{"type":"Sequence","pretokenizers":[)"
        R"({"type":"Digits","individual_digits":true},{"type":"Punctuation"},)"
        R"({"type":"ByteLevel","add_prefix_space":true,"use_regex":true}]}})",
        "low 12's");
  write("word_level",
        R"({"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"new":1}},"normalizer":)"
        R"({"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"StripAccents"},)"
        R"({"type":"Prepend","prepend":"x"},{"type":"Replace","pattern":{"String":"a"},)"
        R"("content":"b"}]},"pre_tokenizer":{"type":"Whitespace"},"added_tokens":)"
        R"([{"id":2,"content":"New York","special":false,"normalized":true}],"padding":null})",
        "New York");
}

void write_seeds(const fs::path& folder) {
  const EmbeddingTable table({"a", "wört", "</s>"}, {1, -2.5F, 0, 1e-30F, 3, 1e30F}, 2, "seeds");
  const fs::path scratch = folder / "scratch";
  const auto as = [&](VectorFormat format) {
    write_vectors(table, scratch, format);
    return read_file(scratch);
  };
  make_folder(folder);
  write_seed(folder, "word2vec_text", "vectors", as(VectorFormat::text));
  write_seed(folder, "word2vec_text", "odd", "2 2\r\n. . 1 2 \r\nx\t3\t+4e0\r\n\n");
  write_seed(folder, "word2vec_binary", "vectors", as(VectorFormat::binary));
  write_seed(folder, "word2vec_binary", "gensim", "2 1\na " + bytes(1.0F) + "b " + bytes(2.0F));
  write_seed(folder, "glove", "vectors", as(VectorFormat::glove));
  write_seed(folder, "mapped", "vectors", as(VectorFormat::mapped));
  write_seed(folder, "fasttext", "new", fasttext_model(true, false));
  write_seed(folder, "fasttext", "old", fasttext_model(false, false));
  write_seed(folder, "fasttext", "quantised", fasttext_model(true, true));
  write_seed(folder, "floret", "table",
             two_files("2 2 1 3 2 2166136261 < >\n0 1.5 -2 \n1 3 4 \n", "a\nwort\n"));
  write_arpa_seeds(folder);
  const std::string words = "a\nb\r\nc\n";
  write_seed(folder, "numpy", "vectors", two_files(as(VectorFormat::numpy), words));
  write_seed(folder, "safetensors", "own", two_files(as(VectorFormat::safetensors), ""));
  const std::string header = R"({"e":{"dtype":"F16","shape":[3,1],"data_offsets":[0,6]}})";
  write_seed(folder, "safetensors", "beside",
             two_files(bytes<std::uint64_t>(header.size()) + header + std::string(6, '\0'), words));
  write_seed(folder, "projector", "vectors",
             two_files("1\t2\n-3\t4e1\n", "word\tcount\na\t1\nb b\t2\n"));
  write_dictionaries(folder);
  write_benchmark_seeds(folder);
  write_tokenizers(folder);
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.is_regular_file()) fs::remove(file);
  }
}

}  // namespace
}  // namespace wordbridge

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  try {
    wordbridge::write_seeds(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
