#include "core/io/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/io/file.h"

namespace wordbridge {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    WB_ASSERT(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(const void* data, std::size_t size) {
  WB_ASSERT(EVP_DigestUpdate(state_->context, data, size) == 1);
  return *this;
}

std::array<char, 32> Sha256::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  std::array<char, 32> digest{};
  WB_ASSERT(EVP_DigestFinal_ex(state_->context, bytes.data(), &size) == 1 && size == digest.size());
  std::copy_n(bytes.begin(), digest.size(), digest.begin());
  return digest;
}

std::string Sha256::hex() {
  std::string text;
  for (const char byte : digest()) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string sha256(std::string_view bytes) { return Sha256().update(bytes).hex(); }

std::string sha256_of_file(const std::filesystem::path& path) {
  InputFile file(path);
  std::string buffer(std::size_t{1} << 18, '\0');  // small enough for the processor's cache
  Sha256 hash;
  while (const std::size_t size = file.read(buffer.data(), buffer.size())) {
    hash.update(buffer.data(), size);
  }
  return hash.hex();
}

}  // namespace wordbridge
