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
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kMagic = "WBRIDGE\n";
constexpr std::uint32_t kVersion = 1;
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

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version, zero;
  std::uint64_t index_bytes, index_offset;
  std::array<char, 32> hash;
};
static_assert(sizeof(Header) == kHeaderBytes && offsetof(Header, hash) == kHashOffset);

std::string raw_digest(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
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
  Sha256 hash;
  ordered_json index;
  std::string name;  // of the array that is being written
  DType type = DType::u8;
  std::uint64_t offset = 0;

  void put(const void* data, std::uint64_t size) {
    // Small pieces, so that hashed data is still in the processor's cache when it is written.
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 18;
    for (const char* bytes = static_cast<const char*>(data); size > 0;) {
      const auto piece = static_cast<std::size_t>(std::min(size, kPiece));
      hash.update(bytes, piece);
      file.write(bytes, piece);
      bytes += piece;
      size -= piece;
    }
  }
  /// Pads the file with zeros and returns its size.
  std::uint64_t align() {
    const std::string zeros(kAlignment, '\0');
    put(zeros.data(), aligned(file.size()) - file.size());
    return file.size();
  }
};

ContainerStream::ContainerStream(const std::filesystem::path& path, std::string kind,
                                 const nlohmann::json& meta)
    : state_(std::make_unique<State>(path)) {
  state_->index = {{"kind", std::move(kind)}, {"meta", meta}, {"arrays", ordered_json::array()}};
  const Header header{};  // completed by commit()
  state_->file.write(&header, sizeof header);
}

ContainerStream::~ContainerStream() = default;

void ContainerStream::start(const std::string& name, DType type) {
  state_->name = name;
  state_->type = type;
  state_->offset = state_->align();
}

void ContainerStream::append(const void* data, std::size_t bytes) { state_->put(data, bytes); }

void ContainerStream::end(std::vector<std::int64_t> shape) {
  std::uint64_t bytes = dtype_size(state_->type);
  for (const auto size : shape) bytes *= static_cast<std::uint64_t>(size);
  WB_ASSERT(bytes == state_->file.size() - state_->offset, "array {}", state_->name);
  state_->index["arrays"].push_back({{"name", state_->name},
                                     {"type", dtype_name(state_->type)},
                                     {"shape", std::move(shape)},
                                     {"offset", state_->offset},
                                     {"bytes", bytes}});
}

void ContainerStream::commit(bool flushed) {
  const std::string index = json_text(state_->index);
  Header header{};
  std::memcpy(header.magic.data(), kMagic.data(), kMagic.size());
  header.version = kVersion;
  header.index_bytes = index.size();
  header.index_offset = state_->align();
  state_->put(index.data(), index.size());
  // The checksum is part of the header, which precedes the data that it covers.
  std::memcpy(header.hash.data(), raw_digest(state_->hash.hex()).data(), header.hash.size());
  state_->file.overwrite_start(&header, sizeof header);
  state_->file.commit(flushed);
}

std::int64_t ContainerReader::Array::count() const {
  std::int64_t product = 1;
  for (const auto size : shape) product *= size;
  return product;
}

struct ContainerReader::State {
  std::shared_ptr<const MappedFile> file;
  nlohmann::json meta;
  std::map<std::string, Array> arrays;

  Error damaged(const std::string& what) const {
    return Error("the file is damaged: " + what).at("{}", file->path().string());
  }
  Header read_header() const;
  std::string checksum() const;
  void read_index(const Header& header, std::string_view kind);
  void read_array(const nlohmann::json& entry, std::uint64_t end);
};

Header ContainerReader::State::read_header() const {
  Header header{};
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
  if (header.version != kVersion) {
    throw Error("unsupported version of the file format")
        .at("{}", file->path().string())
        .expected("format version {}", kVersion)
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
  return header;
}

/// The memory of what has been read is released, so that a large file does not occupy it.
std::string ContainerReader::State::checksum() const {
  constexpr std::size_t kPiece = std::size_t{1} << 22;
  Sha256 hash;
  for (std::size_t begin = kHeaderBytes; begin < file->size(); begin += kPiece) {
    const std::string_view piece = file->view().substr(begin, kPiece);
    hash.update(piece);
    file->release(piece.data(), piece.size());
  }
  return hash.hex();
}

void ContainerReader::State::read_array(const nlohmann::json& entry, std::uint64_t end) {
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
  arrays.emplace(name, std::move(array));
}

void ContainerReader::State::read_index(const Header& header, std::string_view kind) {
  try {
    auto index =
        nlohmann::json::parse(file->view().substr(header.index_offset, header.index_bytes));
    const auto found = index.at("kind").get<std::string>();
    if (found != kind) {
      throw Error("the file has another kind of content")
          .at("{}", file->path().string())
          .expected("{}", kind)
          .got("{}", found);
    }
    meta = std::move(index.at("meta"));
    for (const auto& entry : index.at("arrays")) read_array(entry, header.index_offset);
  } catch (const nlohmann::json::exception& error) {
    throw damaged("its index can't be read").got("{}", json_problem(error));
  }
}

ContainerReader::ContainerReader(const std::filesystem::path& path, std::string_view kind,
                                 bool verify)
    : state_(std::make_unique<State>()) {
  state_->file = MappedFile::open(path);
  const Header header = state_->read_header();
  if (verify) {
    const std::string digest = raw_digest(state_->checksum());
    if (std::memcmp(digest.data(), header.hash.data(), header.hash.size()) != 0) {
      throw state_->damaged("its content does not match its checksum");
    }
  }
  state_->read_index(header, kind);
}

ContainerReader::~ContainerReader() = default;
ContainerReader::ContainerReader(ContainerReader&&) noexcept = default;

const nlohmann::json& ContainerReader::meta() const { return state_->meta; }
bool ContainerReader::has(const std::string& name) const { return state_->arrays.count(name) > 0; }
std::shared_ptr<const MappedFile> ContainerReader::file() const { return state_->file; }

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
