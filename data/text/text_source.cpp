#include "data/text/text_source.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/text/corpus_formats.h"
#include "data/text/synthetic_text.h"
#include "data/text/text_files.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using Part = Document::Part;

constexpr std::array<std::string_view, 4> kPartNames = {"any", "train", "valid", "test"};

/// Each file or member a document.
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
    return identity.dump();
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

/// The next bytes of a text that is in memory.
std::size_t take(std::string_view& text, char* buffer, std::size_t size) {
  size = text.copy(buffer, size);
  text.remove_prefix(size);
  return size;
}

/// A corpus that is read whole before its first document: tens of megabytes at most.
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
    // What the dictionary wrongly has in another encoding is no reason to refuse all of it.
    if (reader_.mend_utf8 && invalid_utf8(rest_)) {
      mended_ = with_replacements(rest_);
      rest_ = mended_;
    }
    return true;
  }
  std::size_t read(char* buffer, std::size_t size) override { return take(rest_, buffer, size); }

  std::uint64_t bytes() const override { return files_.bytes(); }
  std::uint64_t bytes_read() const override { return files_.bytes_read(); }
  std::uint64_t text_bytes() const override { return files_.text_bytes(); }
  std::string identity() const override {
    return nlohmann::json{{"reader", reader_.name}, {"files", files_.identity()}}.dump();
  }

 private:
  void load() {
    TextEntry entry;
    while (files_.next(entry)) {
      const std::string name = unpacked_name(entry.name);
      if (!reader_.wanted(name)) continue;
      const auto [other, added] = texts_.emplace(name, KnownText{entry.place, {}});
      if (!added) {
        throw Error("a file is there twice")
            .at("{}", files_.path().string())
            .expected("one {}", name)
            .got("another beside {}", other->second.place);
      }
      other->second.text = files_.read_all();
    }
    if (texts_.empty()) {
      throw Error(fmt::format("there is nothing for the reader '{}'", reader_.name))
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
  std::string mended_;
  bool loaded_ = false;
};

/// One document, drawn when the source is opened.
class DrawnSource : public TextSource {
 public:
  using Draw = std::string (*)(const WordGroups&, std::int64_t lines, std::uint64_t seed);

  DrawnSource(const SourceOptions& options, Draw draw)
      : groups_path_(options.paths.at(0)),
        identity_({{"reader", options.reader},
                   {"groups", sha256(read_file(groups_path_))},
                   {"lines", options.drawn.lines},
                   {"seed", options.drawn.seed}}),
        text_(draw(read_word_groups(groups_path_), options.drawn.lines,
                   static_cast<std::uint64_t>(options.drawn.seed))) {}

  bool next(Document& document) override {
    if (done_) return false;
    done_ = true;
    document = {"drawn from " + groups_path_, Part::any};
    rest_ = text_;
    return true;
  }
  std::size_t read(char* buffer, std::size_t size) override { return take(rest_, buffer, size); }
  std::uint64_t bytes() const override { return text_.size(); }
  std::uint64_t bytes_read() const override { return done_ ? text_.size() : 0; }
  std::uint64_t text_bytes() const override { return text_.size(); }
  std::string identity() const override { return identity_.dump(); }

 private:
  std::string groups_path_;
  nlohmann::json identity_;
  std::string text_;
  std::string_view rest_;
  bool done_ = false;
};

constexpr std::array<std::pair<std::string_view, DrawnSource::Draw>, 2> kDrawnReaders = {
    {{"log-linear", draw_log_linear}, {"xor", draw_exclusive_or}}};

DrawnSource::Draw drawn_reader(std::string_view name) {
  for (const auto& [reader, draw] : kDrawnReaders) {
    if (reader == name) return draw;
  }
  return nullptr;
}

/// The first of the usual places that exists.
std::optional<fs::path> usual_place(const KnownReader& reader) {
  for (const auto place : reader.usual_places) {
    if (fs::exists(place)) return fs::path(place);
  }
  if (auto files = fetched_files(std::string(reader.name))) return files;
  const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (mirror == nullptr) return std::nullopt;
  for (const auto place : reader.mirror_places) {
    if (fs::exists(fs::path(mirror) / place)) return fs::path(mirror) / place;
  }
  return std::nullopt;
}

std::unique_ptr<TextSource> open_known(const KnownReader& reader, const SourceOptions& options) {
  if (options.paths.size() > 1) {
    throw Error(fmt::format("the reader '{}' takes one path", reader.name))
        .got("{}", join(options.paths, ", "));
  }
  std::optional<fs::path> path;
  if (options.paths.empty()) {
    path = usual_place(reader);
  } else {
    path = options.paths.front();
  }
  if (!path) {
    throw Error(fmt::format("the text of the reader '{}' was not found", reader.name))
        .expected("{}", reader.content)
        .got("no data.path, and nothing at the usual places")
        .hint("{}", reader.hint);
  }
  const auto wanted = [&reader](std::string_view name) {
    return reader.wanted(unpacked_name(name));
  };
  return std::make_unique<KnownSource>(reader, TextFiles(*path, wanted, std::string(reader.hint)));
}

}  // namespace

FieldGroup SourceOptions::describe() {
  FieldGroup group{"source", "where the text is read from"};
  Field choice{
      "reader", &reader,
      "text: files, folders, archives (.zip, .tar.*), compressed files, - for standard "
      "input; brown: NLTK's brown.zip; ptb: the Penn Treebank's three files; wordnet: "
      "glosses; gcide: entries of the dictionary; log-linear, xor: a text drawn from the words "
      "of a file of groups (word TAB group), see drawn"};
  choice.choices = {"text"};
  for (const auto& known : known_readers()) choice.choices.emplace_back(known.name);
  for (const auto& [name, draw] : kDrawnReaders) choice.choices.emplace_back(name);
  group.add(std::move(choice))
      .add({"path", &paths,
            "one path or a list; dataset:NAME: what `wordbridge data fetch NAME` got; empty: the "
            "reader's usual place, the fetched dataset, or the folder $WORDBRIDGE_MIRROR"})
      .add({"valid_path", &valid_paths, "text: what is validated on (split.by: files)"})
      .add({"test_path", &test_paths, "text: what is tested on (split.by: files)"})
      .add(drawn.describe());
  return group;
}

void SourceOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool text = reader == "text";
  if (text && paths.empty()) problems.add(prefix + ".path", "the reader 'text' needs a path");
  if (drawn_reader(reader) != nullptr && paths.empty()) {
    problems.add(prefix + ".path",
                 fmt::format("the reader '{}' needs a file of words and their groups", reader));
  }
  if (!text && paths.size() > 1) {
    problems.add(prefix + ".path", fmt::format("the reader '{}' takes one path", reader));
  }
  if (!text && !valid_paths.empty()) {
    problems.add(prefix + ".valid_path", "only the reader 'text' splits by paths");
  }
  if (!text && !test_paths.empty()) {
    problems.add(prefix + ".test_path", "only the reader 'text' splits by paths");
  }
  std::int64_t standard_inputs = 0;
  for (const auto* list : {&paths, &valid_paths, &test_paths}) {
    standard_inputs += std::count(list->begin(), list->end(), "-");
  }
  if (standard_inputs > 1) problems.add(prefix + ".path", "standard input can be read only once");
}

std::unique_ptr<TextSource> open_source(const SourceOptions& given) {
  SourceOptions options = given;
  for (auto* list : {&options.paths, &options.valid_paths, &options.test_paths})
    for (auto& path : *list) path = resolve_dataset_path(path);
  for (const auto& reader : known_readers()) {
    if (reader.name == options.reader) return open_known(reader, options);
  }
  if (const auto draw = drawn_reader(options.reader)) {
    return std::make_unique<DrawnSource>(options, draw);
  }
  if (options.reader != "text") {
    throw Error("an unknown reader").got("{}", options.reader);
  }
  if (options.paths.empty()) {
    throw Error("there is no text to read").expected("data.path").got("nothing");
  }
  return std::make_unique<PlainSource>(options);
}

}  // namespace wordbridge
