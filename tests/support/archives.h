#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

using Members = std::vector<std::pair<std::string, std::string>>;

/// Writes the members (name, content) in order. `set` sets the format and the compression.
template <class Set>
void write_archive(const std::string& path, const Members& members, const Set& set) {
  struct archive* out = archive_write_new();
  set(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK)
      << archive_error_string(out);
  for (const auto& [name, content] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK) << archive_error_string(out);
    archive_write_data(out, content.data(), content.size());
    archive_entry_free(entry);
  }
  ASSERT_EQ(archive_write_close(out), ARCHIVE_OK) << archive_error_string(out);
  archive_write_free(out);
}

inline void write_zip(const std::string& path, const Members& members) {
  write_archive(path, members, [](struct archive* out) { archive_write_set_format_zip(out); });
}

inline void write_tar_gz(const std::string& path, const Members& members) {
  write_archive(path, members, [](struct archive* out) {
    archive_write_set_format_ustar(out);
    archive_write_add_filter_gzip(out);
  });
}

/// Writes one compressed file. `filter`: archive_write_add_filter_gzip, ..._bzip2 or ..._xz.
inline void write_compressed(const std::string& path, const std::string& content,
                             int (*filter)(struct archive*)) {
  write_archive(path, {{"text", content}}, [&](struct archive* out) {
    archive_write_set_format_raw(out);
    filter(out);
  });
}

}  // namespace wordbridge
