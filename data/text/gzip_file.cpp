#include "data/text/gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"

namespace wordbridge {
namespace {

constexpr std::size_t kPackedBytes = std::size_t{1} << 17, kContentBytes = std::size_t{1} << 18;
constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's header and trailer
constexpr unsigned char kFirstOfMember = 0x1f;

}  // namespace

struct GzipFile::State {
  explicit State(const std::filesystem::path& file) : place(file.string()), input(file) {
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw Error("can't initialise zlib");
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Whether there is more input.
  bool fill() {
    if (stream.avail_in > 0) return true;
    stream.next_in = packed.data();
    stream.avail_in =
        static_cast<uInt>(input.read(reinterpret_cast<char*>(packed.data()), packed.size()));
    bytes += stream.avail_in;
    return stream.avail_in > 0;
  }
  std::uint64_t offset() const { return bytes - stream.avail_in; }

  /// Advances to the next member; false at the end of the file.
  bool start_member() {
    if (!fill()) return false;
    const std::uint64_t end_of_last = offset();
    if (end_of_last > 0 && *stream.next_in != kFirstOfMember) {
      while (fill()) {
        if (*stream.next_in != 0)
          throw damaged(offset(), "something other than gzip after its end");
        ++stream.next_in, --stream.avail_in;
      }
      return false;
    }
    inflateReset(&stream);
    return in_member = true;
  }

  Error damaged(std::uint64_t at, const std::string& reason) const {
    return Error("can't unpack the file")
        .at("{}, byte {} of the compressed file", place, at)
        .expected("a complete compressed file")
        .got("{}", reason)
        .hint("the file may be truncated or damaged: fetch it again");
  }

  std::string place;
  InputFile input;
  z_stream stream = {};
  std::vector<unsigned char> packed = std::vector<unsigned char>(kPackedBytes);
  std::vector<unsigned char> content = std::vector<unsigned char>(kContentBytes);
  std::uint64_t bytes = 0;
  bool in_member = false;
};

GzipFile::GzipFile(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
GzipFile::~GzipFile() = default;

std::string_view GzipFile::next() {
  State& state = *state_;
  z_stream& stream = state.stream;
  stream.next_out = state.content.data();
  stream.avail_out = static_cast<uInt>(state.content.size());
  while (stream.avail_out > 0) {
    if (!state.in_member && !state.start_member()) break;
    if (!state.fill()) throw state.damaged(state.offset(), "a truncated file");
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      state.in_member = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw state.damaged(state.offset(), stream.msg == nullptr ? "damaged data" : stream.msg);
    }
  }
  return {reinterpret_cast<const char*>(state.content.data()),
          state.content.size() - stream.avail_out};
}

void GzipFile::set_place(std::string place) { state_->place = std::move(place); }

std::uint64_t GzipFile::bytes_read() const { return state_->offset(); }

}  // namespace wordbridge
