#include "data/text/text_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <exception>

#include "core/error.h"
#include "core/io/file.h"

namespace wordbridge {

/// gzip compression by libarchive into the file.
struct TextWriter::Packer {
  explicit Packer(AtomicFile& target) : file(target) {
    check(archive_write_add_filter_gzip(archive));
    check(archive_write_set_filter_option(archive, "gzip", "timestamp", nullptr));
    check(archive_write_set_format_raw(archive));
    check(archive_write_open(archive, this, nullptr, write, nullptr));
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    const int status = archive_write_header(archive, entry);
    archive_entry_free(entry);
    check(status);
  }
  ~Packer() { archive_write_free(archive); }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  static la_ssize_t write(struct archive*, void* self, const void* data, std::size_t size) {
    auto& packer = *static_cast<Packer*>(self);
    try {
      if (!packer.error) packer.file.write(data, size);
    } catch (...) {
      packer.error = std::current_exception();  // must not propagate through C code
    }
    return static_cast<la_ssize_t>(size);
  }
  void check(la_ssize_t status) const {
    if (error) std::rethrow_exception(error);
    if (status < ARCHIVE_WARN) {
      const char* reason = archive_error_string(archive);
      throw Error("can't compress the text")
          .got("{}", reason == nullptr ? "an unknown error" : reason);
    }
  }

  AtomicFile& file;
  std::exception_ptr error;
  struct archive* archive = archive_write_new();
};

struct TextWriter::State {
  explicit State(const std::filesystem::path& path) : file(path) {
    if (path.extension() == ".gz") packer = std::make_unique<Packer>(file);
  }
  AtomicFile file;
  std::unique_ptr<Packer> packer;
};

TextWriter::TextWriter(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
TextWriter::~TextWriter() = default;

void TextWriter::write(std::string_view text) {
  if (!state_->packer) return state_->file.write(text);
  auto& packer = *state_->packer;
  packer.check(archive_write_data(packer.archive, text.data(), text.size()));
}

void TextWriter::commit() {
  if (state_->packer) state_->packer->check(archive_write_close(state_->packer->archive));
  state_->file.commit();
}

}  // namespace wordbridge
