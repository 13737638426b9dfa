#include "data/lexicon/dictionary.h"

namespace wordbridge {

std::string_view reason_text(SkipReason reason) {
  switch (reason) {
    case SkipReason::about_dictionary:
      return "about the dictionary itself";
    case SkipReason::cross_reference:
      return "cross reference only";
    case SkipReason::other_word:
      return "listed under another word";
    case SkipReason::empty:
      return "nothing left after cleaning";
  }
  return "";
}

std::map<SkipReason, Dictionary::Skipped> Dictionary::skipped_by_reason() const {
  std::map<SkipReason, Skipped> reasons;
  for (const auto& entry : skipped) {
    auto& reason = reasons[entry.reason];
    if (reason.count++ == 0) {
      reason.example = entry.word + (entry.detail.empty() ? "" : ": " + entry.detail);
    }
  }
  return reasons;
}

}  // namespace wordbridge
