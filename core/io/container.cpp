#include "core/io/container.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/json.h"

namespace wordbridge {

/// The start of the file.
struct ContainerHeader {
  std::array<char, 8> magic;
  std::uint32_t version, zero;
  std::uint64_t index_bytes, index_offset;
  std::array<char, 32> hash;
};

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kMagic = "WBRIDGE\n";
constexpr std::uint32_t kVersion = 2, kVersionWithoutPieces = 1;
constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kHashOffset = 32;
constexpr std::uint64_t kHeaderBytes = 64;

struct TypeFacts {
  DType type;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<TypeFacts, 5> kTypes = {{{DType::u8, "u8", 1},
                                              {DType::i32, "i32", 4},
                                              {DType::i64, "i64", 8},
                                              {DType::f32, "f32", 4},
                                              {DType::f64, "f64", 8}}};

const TypeFacts& facts(DType type) { return kTypes[static_cast<std::size_t>(type)]; }

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

static_assert(sizeof(ContainerHeader) == kHeaderBytes &&
              offsetof(ContainerHeader, hash) == kHashOffset);

/// SHA-256 of the header before its hash, and of the index.
std::array<char, 32> hash_of(const ContainerHeader& header, std::string_view index) {
  return Sha256().update(&header, kHashOffset).update(index).digest();
}

std::uint64_t piece_count(std::uint64_t bytes) {
  return (bytes + VerifiedPieces::kPieceBytes - 1) / VerifiedPieces::kPieceBytes;
}

}  // namespace

std::string_view dtype_name(DType type) { return facts(type).name; }
std::size_t dtype_size(DType type) { return facts(type).size; }

struct ContainerWriter::State {
  struct Entry {
    std::string name;
    DType type;
    std::vector<std::int64_t> shape;
    const void* data;
    std::shared_ptr<const void> keeper;
    std::uint64_t bytes;
    std::shared_ptr<const MappedFile> file = nullptr;  // that the data is mapped from
  };
  std::string kind;
  nlohmann::json meta;
  std::vector<Entry> entries;
};

ContainerWriter::ContainerWriter(std::string kind, const nlohmann::json& meta)
    : state_(std::make_unique<State>()) {
  state_->kind = std::move(kind);
  state_->meta = meta;
}

ContainerWriter::~ContainerWriter() = default;

void ContainerWriter::add(const std::string& name, DType type, std::vector<std::int64_t> shape,
                          const void* data, std::shared_ptr<const void> keeper) {
  std::uint64_t bytes = dtype_size(type);
  for (const auto size : shape) bytes *= static_cast<std::uint64_t>(size);
  state_->entries.push_back({name, type, std::move(shape), data, std::move(keeper), bytes});
}

void ContainerWriter::add(const std::string& name, const std::vector<float>& values) {
  add(name, DType::f32, {static_cast<std::int64_t>(values.size())}, values.data());
}
void ContainerWriter::add(const std::string& name, const std::vector<std::int32_t>& values) {
  add(name, DType::i32, {static_cast<std::int64_t>(values.size())}, values.data());
}
void ContainerWriter::add(const std::string& name, const std::vector<std::int64_t>& values) {
  add(name, DType::i64, {static_cast<std::int64_t>(values.size())}, values.data());
}
void ContainerWriter::add(const std::string& name, std::string_view bytes) {
  add(name, DType::u8, {static_cast<std::int64_t>(bytes.size())}, bytes.data());
}

void ContainerWriter::add(const std::string& name, const SharedArray<std::int32_t>& values) {
  add(name, DType::i32, {values.size()}, values.data(), values.keeper());
  state_->entries.back().file = values.file();
}
void ContainerWriter::add(const std::string& name, const SharedArray<float>& values) {
  add(name, DType::f32, {values.size()}, values.data(), values.keeper());
  state_->entries.back().file = values.file();
}

void ContainerWriter::write(const std::filesystem::path& path, bool flushed) const {
  ContainerStream stream(path, state_->kind, state_->meta);
  for (const auto& entry : state_->entries) {
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 22;
    stream.start(entry.name, entry.type);
    for (std::uint64_t begin = 0; begin < entry.bytes; begin += kPiece) {
      const char* const data = static_cast<const char*>(entry.data) + begin;
      const auto size = static_cast<std::size_t>(std::min(kPiece, entry.bytes - begin));
      stream.append(data, size);
      if (entry.file) entry.file->release(data, size);
    }
    stream.end(entry.shape);
  }
  stream.commit(flushed);
}

struct ContainerStream::State {
  explicit State(const std::filesystem::path& path) : file(path) {}

  AtomicFile file;
  ordered_json index;
  std::string name;  // of the array that is being written
  DType type = DType::u8;
  std::uint64_t offset = 0;
  Sha256 piece;  // of the array, unfinished
  std::size_t piece_bytes = 0;
  std::string digests;  // of its pieces before

  void put(const void* data, std::uint64_t size) {
    // Small pieces, so that hashed data is still in the processor's cache when it is written.
    for (const char* bytes = static_cast<const char*>(data); size > 0;) {
      const auto part =
          static_cast<std::size_t>(std::min(size, VerifiedPieces::kPieceBytes - piece_bytes));
      piece.update(bytes, part);
      file.write(bytes, part);
      bytes += part;
      size -= part;
      piece_bytes += part;
      if (piece_bytes == VerifiedPieces::kPieceBytes) end_piece();
    }
  }
  void end_piece() {
    if (piece_bytes == 0) return;
    const auto digest = std::exchange(piece, Sha256()).digest();
    digests.append(digest.data(), digest.size());
    piece_bytes = 0;
  }
  std::string padding(std::uint64_t size) const {
    return std::string(static_cast<std::size_t>(aligned(size) - size), '\0');
  }
};

ContainerStream::ContainerStream(const std::filesystem::path& path, std::string kind,
                                 const nlohmann::json& meta)
    : state_(std::make_unique<State>(path)) {
  state_->index = {{"kind", std::move(kind)}, {"meta", meta}, {"arrays", ordered_json::array()}};
  const ContainerHeader header{};  // completed by commit()
  state_->file.write(&header, sizeof header);
}

ContainerStream::~ContainerStream() = default;

void ContainerStream::start(const std::string& name, DType type) {
  state_->name = name;
  state_->type = type;
  state_->offset = state_->file.size();
}

void ContainerStream::append(const void* data, std::size_t bytes) { state_->put(data, bytes); }

void ContainerStream::end(std::vector<std::int64_t> shape) {
  std::uint64_t bytes = dtype_size(state_->type);
  for (const auto size : shape) bytes *= static_cast<std::uint64_t>(size);
  WB_ASSERT(bytes == state_->file.size() - state_->offset, "array {}", state_->name);
  const std::string zeros = state_->padding(bytes);
  state_->put(zeros.data(), zeros.size());
  state_->end_piece();
  std::string digests = std::exchange(state_->digests, {});
  digests += state_->padding(digests.size());
  state_->index["arrays"].push_back({{"name", state_->name},
                                     {"type", dtype_name(state_->type)},
                                     {"shape", std::move(shape)},
                                     {"offset", state_->offset},
                                     {"bytes", bytes},
                                     {"pieces", state_->file.size()},
                                     {"sha256", sha256(digests)}});
  state_->file.write(digests);
}

void ContainerStream::commit(bool flushed) {
  const std::string index = json_text(state_->index);
  ContainerHeader header{};
  std::memcpy(header.magic.data(), kMagic.data(), kMagic.size());
  header.version = kVersion;
  header.index_bytes = index.size();
  header.index_offset = state_->file.size();
  state_->file.write(index);
  header.hash = hash_of(header, index);
  state_->file.overwrite_start(&header, sizeof header);
  state_->file.commit(flushed);
}

std::int64_t ContainerReader::Array::count() const {
  std::int64_t product = 1;
  for (const auto size : shape) product *= size;
  return product;
}

struct ContainerReader::State {
  /// The SHA-256 of an array's pieces, with the zeros after them, and theirs.
  struct Digests {
    std::string_view bytes;
    std::string sha256;
  };
  std::shared_ptr<const MappedFile> file;
  ContainerHeader header{};
  nlohmann::json meta;
  std::map<std::string, Array> arrays;
  std::map<std::string, Digests> digests;

  Error damaged(const std::string& what) const {
    return Error("the file is damaged: " + what).at("{}", file->path().string());
  }
  Error differs() const { return damaged("its content does not match its checksum"); }
  bool has_pieces() const { return header.version != kVersionWithoutPieces; }
  std::string_view index() const {
    return file->view().substr(header.index_offset, header.index_bytes);
  }
  void read_header();
  std::array<char, 32> hash_of_rest() const;
  void read_index(std::string_view kind);
  void read_array(const nlohmann::json& entry);
  void read_digests(const nlohmann::json& entry, const Array& array);
};

void ContainerReader::State::read_header() {
  if (file->size() >= kMagic.size() && file->view().substr(0, kMagic.size()) != kMagic) {
    throw Error("not a wordbridge file")
        .at("{}", file->path().string())
        .expected("a file that starts with \"WBRIDGE\"")
        .got("something else");
  }
  if (file->size() < sizeof header) {
    throw damaged("truncated").expected("at least {} bytes", sizeof header).got("{}", file->size());
  }
  std::memcpy(&header, file->data(), sizeof header);
  if (header.version != kVersion && header.version != kVersionWithoutPieces) {
    throw Error("unsupported version of the file format")
        .at("{}", file->path().string())
        .expected("format version {} or {}", kVersionWithoutPieces, kVersion)
        .got("{}", header.version);
  }
  // The comparisons avoid sums that can overflow.
  if (header.index_offset > file->size() ||
      header.index_bytes > file->size() - header.index_offset) {
    throw damaged("truncated")
        .expected("{} bytes", header.index_offset + header.index_bytes)
        .got("{}", file->size());
  }
  if (header.index_offset + header.index_bytes != file->size()) {
    throw damaged("trailing bytes")
        .expected("{} bytes", header.index_offset + header.index_bytes)
        .got("{}", file->size());
  }
}

/// Of version 1. The memory of what has been read is released, so that a large file does not occupy
/// it.
std::array<char, 32> ContainerReader::State::hash_of_rest() const {
  constexpr std::size_t kPiece = std::size_t{1} << 22;
  Sha256 hash;
  for (std::size_t begin = kHeaderBytes; begin < file->size(); begin += kPiece) {
    const std::string_view piece = file->view().substr(begin, kPiece);
    hash.update(piece);
    file->release(piece.data(), piece.size());
  }
  return hash.digest();
}

void ContainerReader::State::read_array(const nlohmann::json& entry) {
  const std::uint64_t end = header.index_offset;
  const auto name = entry.at("name").get<std::string>();
  const auto type_text = entry.at("type").get<std::string>();
  const auto* type = kTypes.begin();
  while (type != kTypes.end() && type->name != type_text) ++type;
  if (type == kTypes.end())
    throw damaged(fmt::format("array {} has the unknown type {}", name, type_text));
  const auto offset = entry.at("offset").get<std::uint64_t>();
  const auto bytes = entry.at("bytes").get<std::uint64_t>();
  Array array{type->type, entry.at("shape").get<std::vector<std::int64_t>>(), nullptr,
              static_cast<std::size_t>(bytes)};
  std::uint64_t expected = type->size;
  for (const auto size : array.shape) {
    std::uint64_t product = 0;
    if (size < 0 || __builtin_mul_overflow(expected, static_cast<std::uint64_t>(size), &product)) {
      throw damaged(fmt::format("array {} has an impossible shape", name));
    }
    expected = product;
  }
  if (offset > end || bytes > end - offset || bytes != expected || offset % kAlignment != 0) {
    throw damaged(fmt::format("array {} has an invalid offset or size", name));
  }
  array.data = file->data() + offset;
  if (has_pieces()) read_digests(entry, array);
  arrays.emplace(name, std::move(array));
}

void ContainerReader::State::read_digests(const nlohmann::json& entry, const Array& array) {
  const auto name = entry.at("name").get<std::string>();
  const auto offset = entry.at("pieces").get<std::uint64_t>();
  const std::uint64_t bytes = aligned(32 * piece_count(array.bytes));
  const auto left = header.index_offset - static_cast<std::uint64_t>(array.data - file->data());
  if (aligned(array.bytes) > left || offset > header.index_offset ||
      bytes > header.index_offset - offset)
    throw damaged(fmt::format("array {} has invalid pieces", name));
  digests.try_emplace(
      name, Digests{file->view().substr(offset, bytes), entry.at("sha256").get<std::string>()});
}

void ContainerReader::State::read_index(std::string_view kind) {
  if (has_pieces() && hash_of(header, index()) != header.hash) throw differs();
  try {
    auto index = nlohmann::json::parse(this->index());
    const auto found = index.at("kind").get<std::string>();
    if (!kind.empty() && found != kind) {
      throw Error("the file has another kind of content")
          .at("{}", file->path().string())
          .expected("{}", kind)
          .got("{}", found);
    }
    meta = std::move(index.at("meta"));
    for (const auto& entry : index.at("arrays")) read_array(entry);
  } catch (const nlohmann::json::exception& error) {
    throw damaged("its index can't be read").got("{}", json_problem(error));
  }
}

ContainerReader::ContainerReader(const std::filesystem::path& path, std::string_view kind,
                                 bool verify)
    : state_(std::make_unique<State>()) {
  state_->file = MappedFile::open(path);
  state_->read_header();
  // An index without a checksum of its own is read after that of the file is verified.
  if (verify && !has_pieces()) this->verify();
  state_->read_index(kind);
  if (verify && has_pieces()) this->verify();
}

ContainerReader::~ContainerReader() = default;
ContainerReader::ContainerReader(ContainerReader&&) noexcept = default;

const nlohmann::json& ContainerReader::meta() const { return state_->meta; }
bool ContainerReader::has(const std::string& name) const { return state_->arrays.count(name) > 0; }
std::shared_ptr<const MappedFile> ContainerReader::file() const { return state_->file; }

bool ContainerReader::has_pieces() const { return state_->has_pieces(); }

void ContainerReader::verify() const {
  if (!has_pieces() && state_->hash_of_rest() != state_->header.hash) throw state_->differs();
  if (!has_pieces()) return;
  for (const auto& [name, array] : state_->arrays) pieces(name)->verify_all();
}

std::shared_ptr<VerifiedPieces> ContainerReader::pieces(const std::string& name) const {
  WB_ASSERT(has_pieces());
  const Array& values = array(name);
  const auto& digests = state_->digests.at(name);
  if (sha256(digests.bytes) != digests.sha256) throw state_->differs();
  // The zeros after the array belong to its last piece.
  return std::make_shared<VerifiedPieces>(state_->file, values.data,
                                          static_cast<std::size_t>(aligned(values.bytes)),
                                          digests.bytes.data());
}

std::vector<std::string> ContainerReader::names() const {
  std::vector<std::string> names;
  for (const auto& [name, array] : state_->arrays) names.push_back(name);
  return names;
}

const ContainerReader::Array& ContainerReader::array(const std::string& name) const {
  const auto found = state_->arrays.find(name);
  if (found == state_->arrays.end())
    throw state_->damaged(fmt::format("array '{}' is missing", name));
  return found->second;
}

namespace {

const char* typed(const ContainerReader& reader, const std::string& name, DType type) {
  const auto& array = reader.array(name);
  if (array.type != type) {
    throw Error("an array has another type")
        .at("{}: {}", reader.file()->path().string(), name)
        .expected("{}", dtype_name(type))
        .got("{}", dtype_name(array.type));
  }
  return array.data;
}

}  // namespace

const float* ContainerReader::f32(const std::string& name) const {
  return reinterpret_cast<const float*>(typed(*this, name, DType::f32));
}
const std::int32_t* ContainerReader::i32(const std::string& name) const {
  return reinterpret_cast<const std::int32_t*>(typed(*this, name, DType::i32));
}
const std::int64_t* ContainerReader::i64(const std::string& name) const {
  return reinterpret_cast<const std::int64_t*>(typed(*this, name, DType::i64));
}
const double* ContainerReader::f64(const std::string& name) const {
  return reinterpret_cast<const double*>(typed(*this, name, DType::f64));
}
std::string_view ContainerReader::bytes(const std::string& name) const {
  return {typed(*this, name, DType::u8), array(name).bytes};
}

bool is_container(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kMagic.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == kMagic;
}

}  // namespace wordbridge
