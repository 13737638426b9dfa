#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file.h"
#include "core/io/verified_pieces.h"
#include "core/shared_array.h"

namespace wordbridge {

/// Binary container file for checkpoints, trained models, encoded corpora and mapped vectors: named
/// arrays and a JSON index.
///
///     "WBRIDGE\n" | u32 version | u32 zero | u64 index size | u64 index offset |
///     32 bytes SHA-256 of the 32 bytes before and of the index | arrays | index (JSON)
///
/// Each array is followed by the SHA-256 of each of its pieces of 64 KiB (VerifiedPieces); both
/// start at a multiple of 64 bytes, and the zeros between them belong to what precedes them. The
/// index holds `kind`, `meta` (any JSON) and for each array its type, shape, offset and bytes, the
/// offset of its pieces' SHA-256 (`pieces`) and the SHA-256 of these. So the index is verified
/// without reading the arrays, and each part of an array without reading the others. Little-endian.
/// The same content always yields the same bytes.
///
/// Version 1, which is still read, has no pieces: its SHA-256 is that of all that follows it.
enum class DType { u8, i32, i64, f32, f64 };
std::string_view dtype_name(DType type);
std::size_t dtype_size(DType type);

/// Whether the file starts as a container does.
bool is_container(const std::filesystem::path& path);

class ContainerWriter {
 public:
  /// `kind` names the content ("checkpoint", "corpus"). A reader of another kind rejects the file.
  ContainerWriter(std::string kind, const nlohmann::json& meta);
  ~ContainerWriter();

  /// The data is not copied: it must stay valid until write(), unless `keeper` keeps it alive.
  void add(const std::string& name, DType type, std::vector<std::int64_t> shape, const void* data,
           std::shared_ptr<const void> keeper = nullptr);
  void add(const std::string& name, const std::vector<float>& values);
  void add(const std::string& name, const std::vector<std::int32_t>& values);
  void add(const std::string& name, const std::vector<std::int64_t>& values);
  void add(const std::string& name, std::string_view bytes);
  /// If the array is mapped, its memory is released as it is written.
  void add(const std::string& name, const SharedArray<std::int32_t>& values);
  void add(const std::string& name, const SharedArray<float>& values);
  /// Writes the file atomically. `flushed`: see AtomicFile::commit().
  void write(const std::filesystem::path& path, bool flushed = true) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes a container piece by piece, for arrays that do not fit into memory.
class ContainerStream {
 public:
  ContainerStream(const std::filesystem::path& path, std::string kind, const nlohmann::json& meta);
  ~ContainerStream();

  /// Starts the next array; its data follows in any number of pieces.
  void start(const std::string& name, DType type);
  void append(const void* data, std::size_t bytes);
  /// Ends the array. `shape` must agree with the data appended.
  void end(std::vector<std::int64_t> shape);
  /// Completes the file, which is written atomically. `flushed`: see AtomicFile::commit().
  void commit(bool flushed = true);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ContainerReader {
 public:
  struct Array {
    DType type;
    std::vector<std::int64_t> shape;
    const char* data;
    std::size_t bytes;
    std::int64_t count() const;
  };

  /// Maps the file and verifies its magic, version, index, kind (an empty one: any) and array
  /// extents, and (unless `verify` is false) the arrays. Error with the expected and the actual
  /// value.
  ContainerReader(const std::filesystem::path& path, std::string_view kind, bool verify = true);
  ~ContainerReader();
  ContainerReader(ContainerReader&&) noexcept;

  const nlohmann::json& meta() const;
  bool has(const std::string& name) const;
  std::vector<std::string> names() const;
  /// Error if the array does not exist.
  const Array& array(const std::string& name) const;
  /// Typed views. Error if the array has another type.
  const float* f32(const std::string& name) const;
  const std::int32_t* i32(const std::string& name) const;
  const std::int64_t* i64(const std::string& name) const;
  const double* f64(const std::string& name) const;
  std::string_view bytes(const std::string& name) const;
  /// Keeps the mapping alive.
  std::shared_ptr<const MappedFile> file() const;

  /// Verifies all arrays, with all threads. Error if one is damaged.
  void verify() const;
  /// Whether arrays can be verified piece by piece; not in files of version 1.
  bool has_pieces() const;
  /// The pieces of an array, verified where they are used. They keep the mapping alive. Error if
  /// the array does not exist or the SHA-256 of its pieces are damaged.
  std::shared_ptr<VerifiedPieces> pieces(const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wordbridge
