#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/text/text_source.h"

namespace wordbridge {

/// The stretches of text between white space (ASCII).
std::vector<std::string_view> words_between_blanks(std::string_view text);

/// The marks that a program may have put around each sentence of a text. They are words of their
/// own, between white space (ASCII).
struct SentenceMarks {
  std::string begin;                // at the start of a line ("<s>"); empty: none
  std::vector<std::string> ends;    // at the end of a line ("</s>")
  bool end_is_word = false;         // whether the model has a probability for the end of a sentence
  std::vector<std::string> others;  // other boundary symbols, which are left as they are

  bool is_end(std::string_view word) const;
};

/// What has been found in a text.
struct MarkCounts {
  std::int64_t lines = 0, marks = 0;      // marks taken off the ends of lines, and those lines
  std::int64_t inside = 0;                // end marks inside lines
  std::int64_t others = 0;                // other boundary symbols
  std::string first_inside, first_other;  // the first of each, as "FILE:LINE: MARK"
  std::int64_t blank_lines = 0;
};

/// Text without the marks that are already at the ends of its lines, because they are added when it
/// is read. An end mark inside a line becomes a line end, which is the end of a sentence.
class UnmarkedText : public TextSource {
 public:
  UnmarkedText(std::unique_ptr<TextSource> text, SentenceMarks marks)
      : text_(std::move(text)), marks_(std::move(marks)) {}

  /// Counts up to the end of what has been read.
  const MarkCounts& counts() const { return counts_; }

  bool next(Document& document) override;
  /// In addition to the source's errors: Error with file and line for a begin mark inside a line,
  /// unless it follows an end mark, and for an end mark there that is not a word of the model.
  std::size_t read(char* buffer, std::size_t size) override;
  std::uint64_t bytes() const override { return text_->bytes(); }
  std::uint64_t bytes_read() const override { return text_->bytes_read(); }
  std::uint64_t text_bytes() const override { return text_->text_bytes(); }
  std::string identity() const override { return text_->identity(); }

 private:
  void read_lines();
  void add_line(std::string_view line);
  void add_unmarked(std::string_view line);
  std::string place_of(std::string_view mark) const;

  std::unique_ptr<TextSource> text_;
  SentenceMarks marks_;
  MarkCounts counts_;
  std::string name_;       // of the document
  std::int64_t line_ = 0;  // number of the last line added
  std::string rest_;       // start of a line whose end has not been read
  std::string ready_;      // lines without marks
  std::size_t given_ = 0;  // bytes of `ready_` that read() has returned
  bool ended_ = true;
};

}  // namespace wordbridge
