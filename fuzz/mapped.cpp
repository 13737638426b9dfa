#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "core/io/hash.h"
#include "core/io/verified_pieces.h"
#include "data/vectors/vector_files.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

namespace wordbridge {
namespace {

constexpr std::size_t kHash = 32, kAfter = 64;  // bytes of the header before and with its SHA-256

template <class T>
T value_at(const std::string& content, std::size_t position) {
  T value{};
  std::memcpy(&value, content.data() + position, sizeof value);
  return value;
}

void set_hash(std::string& content, std::size_t position, Sha256& hash) {
  const auto digest = hash.digest();
  if (position + digest.size() <= content.size())
    std::copy(digest.begin(), digest.end(),
              content.begin() + static_cast<std::ptrdiff_t>(position));
}

std::size_t aligned(std::size_t size) { return (size + 63) / 64 * 64; }

/// Mutations can't guess checksums, so they are corrected: those of the pieces of each array, of
/// these, and of the index (core/io/container.h).
void correct_pieces(std::string& content, nlohmann::json& index) {
  for (auto& array : index.at("arrays")) {
    const auto offset = array.at("offset").get<std::size_t>();
    const auto size = array.at("bytes").get<std::size_t>();
    const auto digests = array.at("pieces").get<std::size_t>();
    const auto fits = [&](std::size_t begin, std::size_t bytes) {
      return begin <= content.size() && bytes <= content.size() - begin;
    };
    if (size > content.size() || !fits(offset, aligned(size))) continue;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin < size; begin += VerifiedPieces::kPieceBytes, ++count) {
      const std::size_t bytes = std::min(VerifiedPieces::kPieceBytes, aligned(size) - begin);
      if (!fits(digests, 32 * (count + 1))) break;
      auto hash = Sha256().update(&content[offset + begin], bytes).digest();
      std::copy(hash.begin(), hash.end(), &content[digests + 32 * count]);
    }
    if (fits(digests, aligned(32 * count)))
      array["sha256"] = sha256(std::string_view(content).substr(digests, aligned(32 * count)));
  }
}

void correct(std::string& content) {
  const auto size = value_at<std::uint64_t>(content, 16);
  const auto offset = value_at<std::uint64_t>(content, 24);
  const bool has_pieces = value_at<std::uint32_t>(content, 8) != 1;
  if (has_pieces && offset >= kAfter && offset < content.size() &&
      size == content.size() - offset) {
    try {
      auto index = nlohmann::json::parse(content.substr(offset));
      correct_pieces(content, index);
      const std::string text = index.dump();
      content.replace(offset, content.npos, text);
      const std::uint64_t new_size = text.size();
      std::memcpy(&content[16], &new_size, sizeof new_size);
    } catch (const nlohmann::json::exception&) {
    }
  }
  Sha256 hash;
  if (has_pieces)
    hash.update(content.data(), kHash)
        .update(std::string_view(content).substr(std::min<std::size_t>(offset, content.size())));
  else
    hash.update(std::string_view(content).substr(kAfter));
  set_hash(content, kHash, hash);
}

/// As check_vectors(), except that a hash table whose checksums are right may still find other
/// rows.
void check_mapped(const EmbeddingTable& table) {
  WB_ASSERT(table.dim() >= 1);
  for (std::int64_t i = 0; i < table.size(); ++i) {
    WB_ASSERT(!table.word(i).empty());
    const std::int64_t found = table.find(table.word(i));
    WB_ASSERT(found < table.size() && (found < 0 || table.word(found) == table.word(i)));
  }
  for (std::int64_t i = 0; i < table.size() * table.dim(); ++i)
    WB_ASSERT(std::isfinite(table.data()[i]));
}

}  // namespace
}  // namespace wordbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    std::string content(view_of(data, size));
    if (content.size() < kAfter || content.compare(0, 8, "WBRIDGE\n") != 0) return;
    correct(content);
    const MemoryFile file(content);
    check_mapped(read_vectors(file.path()));
  });
}
