#include "train/processes/gloo_processes.h"

#include "core/error.h"

#ifdef WB_HAS_GLOO

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using c10d::ProcessGroupGloo;
using torch::Tensor;

constexpr const char* kFailures = "wordbridge/failures";
constexpr const char* kFailure = "wordbridge/failure";
constexpr const char* kTold = "wordbridge/told";  // processes that have read the failure

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string place_name(int rank, int size) { return fmt::format("process {} of {}", rank, size); }

/// A view of bytes as LibTorch sends them.
Tensor bytes_tensor(const void* data, std::int64_t size) {
  return torch::from_blob(const_cast<void*>(data), {size}, torch::kUInt8);
}

Error no_store(const ProcessPlace& place, const std::exception& error) {
  return Error("can't reach the store in which the processes meet")
      .at("{}, {}", place_name(place.rank, place.size),
          place.file.empty() ? fmt::format("{}:{}", place.host, place.port) : place.file)
      .got("{}", in_one_line(std::string(error.what()).substr(0, 200)))
      .hint("is process 0 running on that machine, and the port free?");
}

c10::intrusive_ptr<c10d::Store> open_store(const ProcessPlace& place, double seconds) {
  c10::intrusive_ptr<c10d::Store> store;
  if (!place.file.empty()) {
    store = c10::make_intrusive<c10d::FileStore>(place.file, place.size);
    store->setTimeout(milliseconds(seconds));
  } else {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = place.rank == 0 && !place.launcher_serves;
    options.waitWorkers = false;
    options.timeout = milliseconds(seconds);
    store = c10::make_intrusive<c10d::TCPStore>(place.host, options);
  }
  return c10::make_intrusive<c10d::PrefixStore>("wordbridge-" + place.prefix, store);
}

/// Says that this process has come to a stage, and waits until all have. Returns the ranks that are
/// missing at the end of the time.
std::vector<std::string> wait_for_all(c10d::Store& store, const ProcessPlace& place,
                                      const std::string& stage, double seconds) {
  const auto key = [&](int rank) { return stage + "/" + std::to_string(rank); };
  if (store.add(key(place.rank), 1) > 1) {
    throw Error("two processes have the same rank")
        .at("{}", place_name(place.rank, place.size))
        .hint(
            "does each process have its own RANK? A distributed.store of an earlier training must "
            "not be used again");
  }
  const Progress clock("train", 0, "");
  while (true) {
    std::vector<std::string> missing;
    for (int rank = 0; rank < place.size; ++rank)
      if (!store.check({key(rank)})) missing.push_back(std::to_string(rank));
    if (missing.empty() || clock.seconds() > seconds) return missing;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// The store of the processes, once all have come to it.
c10::intrusive_ptr<c10d::Store> meet(const ProcessPlace& place, double seconds) {
  c10::intrusive_ptr<c10d::Store> store;
  std::vector<std::string> missing;
  try {
    store = open_store(place, seconds);
    missing = wait_for_all(*store, place, "started", seconds);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw no_store(place, error);
  }
  if (missing.empty()) return store;
  throw Error("not all processes have started")
      .at("{}", place_name(place.rank, place.size))
      .expected("{} processes within {} (distributed.timeout)", place.size, human_duration(seconds))
      .got("no process with rank {}", join(missing, ", "));
}

std::shared_ptr<::gloo::transport::Device> network_device(const ProcessPlace& place) {
  if (const char* name = std::getenv("GLOO_SOCKET_IFNAME"); name != nullptr && *name != '\0')
    return ProcessGroupGloo::createDeviceForInterface(name);
  if (place.host == "localhost" || place.host.rfind("127.", 0) == 0)
    return ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  return ProcessGroupGloo::createDefaultDevice();
}

class GlooProcesses : public Processes {
 public:
  GlooProcesses(const ProcessPlace& place, double seconds)
      : Processes(place.rank, place.size), store_(meet(place, seconds)) {
    const auto options = ProcessGroupGloo::Options::create(milliseconds(seconds));
    options->devices.push_back(network_device(place));
    options->threads = 1;
    try {
      group_ = std::make_unique<ProcessGroupGloo>(store_, rank(), size(), options);
      // Before the first of them continues, and perhaps fails.
      wait_for_all(*store_, place, "connected", seconds);
    } catch (const std::exception& error) {
      throw Error("the processes can't connect to each other")
          .at("{}", place_name(rank(), size()))
          .got("{}", in_one_line(std::string(error.what()).substr(0, 200)))
          .hint("GLOO_SOCKET_IFNAME names the network interface of each machine");
    }
  }

  std::string broadcast(const std::string& bytes) override {
    // In a tree: the sender's part of the ranks is halved in each round.
    std::string result = bytes;
    for (int stride = smallest_power(); stride >= 1; stride /= 2) {
      if (rank() % (2 * stride) == 0 && rank() + stride < size())
        send_text(result, rank() + stride);
      else if (rank() % (2 * stride) == stride)
        result = receive_text(rank() - stride);
      tag_ += 2;
    }
    return result;
  }

  std::vector<std::string> gather(const std::string& bytes) override {
    // First the sizes with as many bytes as fit into a small block, then the others.
    static constexpr std::int64_t kFirst = 1016;
    struct Block {
      std::int64_t size = 0;
      std::array<char, kFirst> bytes{};
    };
    const auto first_bytes = [](std::int64_t size) { return std::min(size, kFirst); };
    std::vector<Block> blocks(static_cast<std::size_t>(size()));
    Block& own = blocks[static_cast<std::size_t>(rank())];
    own.size = static_cast<std::int64_t>(bytes.size());
    std::copy_n(bytes.data(), first_bytes(own.size), own.bytes.data());
    exchange([&](int) { return bytes_tensor(&own, sizeof own); },
             [&](int peer) {
               return bytes_tensor(&blocks[static_cast<std::size_t>(peer)], sizeof own);
             });
    std::vector<std::string> all(blocks.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].resize(static_cast<std::size_t>(blocks[i].size));
      std::copy_n(blocks[i].bytes.data(), first_bytes(blocks[i].size), all[i].data());
    }
    all[static_cast<std::size_t>(rank())] = bytes;
    const auto rest = [&](const std::string& text) {
      const auto text_size = static_cast<std::int64_t>(text.size());
      const std::int64_t first = first_bytes(text_size);
      return bytes_tensor(text.data() + first, text_size - first);
    };
    exchange([&](int) { return rest(bytes); },
             [&](int peer) { return rest(all[static_cast<std::size_t>(peer)]); });
    return all;
  }

  std::unique_ptr<PendingSum> begin_sum(float* values, std::int64_t count) override {
    return std::make_unique<GlooSum>(*this, values, count);
  }

  void gather(const std::vector<Bytes>& parts) override {
    const auto tensor = [&](int process) {
      const Bytes& part = parts[static_cast<std::size_t>(process)];
      return bytes_tensor(part.data, part.size);
    };
    exchange([&](int) { return tensor(rank()); }, tensor);
  }

  void sum_parts(float* values, const std::vector<std::int64_t>& counts) override {
    std::vector<Bytes> parts;
    for (const auto count : counts) {
      parts.push_back({values, count * static_cast<std::int64_t>(sizeof(float))});
      values += count;
    }
    PartSum(*this, parts).finish();
  }

  void fail(const std::string& message) noexcept override {
    try {
      note_failure(message);
      if (first()) wait_until_told();
    } catch (const std::exception&) {
      return;  // the store is gone, and with it process 0
    }
  }

 private:
  /// What is sent to another process or received from it.
  struct Transfer {
    std::vector<Tensor> tensors;
    c10::intrusive_ptr<c10d::Work> work;
    int peer;
  };

  /// The sum of the part of this process: each process receives those of all others and adds them.
  class PartSum {
   public:
    /// parts[i]: floats that process i sums.
    PartSum(GlooProcesses& processes, const std::vector<Bytes>& parts)
        : processes_(processes), own_(parts[static_cast<std::size_t>(processes.rank())]) {
      if (!processes.free_copies_.empty()) {
        copies_ = std::move(processes.free_copies_.back());
        processes.free_copies_.pop_back();
      }
      const std::size_t needed =
          static_cast<std::size_t>(count()) * static_cast<std::size_t>(processes.size());
      if (copies_.size() < needed) copies_.resize(needed);
      transfers_ = processes.begin_exchange(
          [&](int peer) {
            const Bytes& part = parts[static_cast<std::size_t>(peer)];
            return bytes_tensor(part.data, part.size);
          },
          [&](int peer) { return bytes_tensor(copy_of(peer), own_.size); });
    }
    void finish() {
      processes_.finish_exchange(transfers_);
      auto* const own = static_cast<float*>(own_.data);
      std::vector<float*> parts;
      for (int peer = 0; peer < processes_.size(); ++peer)
        parts.push_back(peer == processes_.rank() ? own : copy_of(peer));
      sum_in_pairs(parts, count());
      if (!processes_.first()) std::copy_n(parts[0], count(), own);
      processes_.free_copies_.push_back(std::move(copies_));
    }

   private:
    std::int64_t count() const { return own_.size / static_cast<std::int64_t>(sizeof(float)); }
    float* copy_of(int peer) { return copies_.data() + count() * peer; }

    GlooProcesses& processes_;
    Bytes own_;
    std::vector<float> copies_;  // the part of this process, as the others have it
    std::vector<Transfer> transfers_;
  };

  class GlooSum : public PendingSum {
   public:
    GlooSum(GlooProcesses& processes, float* values, std::int64_t count)
        : processes_(processes),
          gathers_(count > kSmall && processes.size() > 2),
          parts_(parts_of(values, count)),
          sum_(processes, parts_) {}
    void finish() override {
      sum_.finish();
      if (gathers_) processes_.gather(parts_);
    }

   private:
    // One exchange of all instead of two of parts; between two processes no more bytes travel.
    static constexpr std::int64_t kSmall = 1 << 14;

    /// What each process sums.
    std::vector<Bytes> parts_of(float* values, std::int64_t count) const {
      const int size = processes_.size();
      std::vector<Bytes> parts;
      for (int part = 0; part < size; ++part) {
        const std::int64_t begin = gathers_ ? count * part / size : 0,
                           end = gathers_ ? count * (part + 1) / size : count;
        parts.push_back({values + begin, (end - begin) * static_cast<std::int64_t>(sizeof(float))});
      }
      return parts;
    }

    GlooProcesses& processes_;
    const bool gathers_;
    const std::vector<Bytes> parts_;
    PartSum sum_;
  };

  /// Keeps the message of the first failure of all.
  void note_failure(const std::string& message) {
    if (store_->add(kFailures, 1) == 1)
      store_->set(kFailure, std::vector<std::uint8_t>(message.begin(), message.end()));
  }
  /// The store may end with process 0, which therefore waits until those that still run have read
  /// the failure. Closes the connections, so that they look for it.
  void wait_until_told() {
    constexpr double kSeconds = 2;
    group_.reset();
    const Progress clock("train", 0, "");
    while (store_->add(kTold, 0) < size() - 1 - ended_ && clock.seconds() < kSeconds)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  int smallest_power() const {
    int power = 1;
    while (2 * power < size()) power *= 2;
    return power;
  }

  /// Sends to each other process and receives from it, all at the same time.
  template <class Out, class In>
  void exchange(const Out& out, const In& in) {
    auto transfers = begin_exchange(out, in);
    finish_exchange(transfers);
  }
  template <class Out, class In>
  std::vector<Transfer> begin_exchange(const Out& out, const In& in) {
    std::vector<Transfer> transfers;
    const int tag = tag_++;
    for (int distance = 1; distance < size(); ++distance) {
      const int to = (rank() + distance) % size(), from = (rank() + size() - distance) % size();
      if (Tensor incoming = in(from); incoming.numel() > 0) {
        transfers.push_back({{incoming}, {}, from});
        at_peer(from,
                [&] { transfers.back().work = group_->recv(transfers.back().tensors, from, tag); });
      }
      if (Tensor outgoing = out(to); outgoing.numel() > 0) {
        transfers.push_back({{outgoing}, {}, to});
        at_peer(to,
                [&] { transfers.back().work = group_->send(transfers.back().tensors, to, tag); });
      }
    }
    return transfers;
  }
  void finish_exchange(std::vector<Transfer>& transfers) {
    for (auto& transfer : transfers) at_peer(transfer.peer, [&] { transfer.work->wait(); });
  }

  void send_text(const std::string& text, int peer) {
    const auto size = static_cast<std::int64_t>(text.size());
    send(bytes_tensor(&size, sizeof size), peer, tag_);
    send(bytes_tensor(text.data(), size), peer, tag_ + 1);
  }
  std::string receive_text(int peer) {
    std::int64_t size = 0;
    receive(bytes_tensor(&size, sizeof size), peer, tag_);
    std::string text(static_cast<std::size_t>(size), '\0');
    receive(bytes_tensor(text.data(), size), peer, tag_ + 1);
    return text;
  }
  void send(const Tensor& bytes, int peer, int tag) {
    if (bytes.numel() == 0) return;
    std::vector<Tensor> tensors = {bytes};
    at_peer(peer, [&] { group_->send(tensors, peer, tag)->wait(); });
  }
  void receive(const Tensor& bytes, int peer, int tag) {
    if (bytes.numel() == 0) return;
    std::vector<Tensor> tensors = {bytes};
    at_peer(peer, [&] { group_->recv(tensors, peer, tag)->wait(); });
  }

  template <class Operation>
  void at_peer(int peer, const Operation& operation) {
    try {
      operation();
    } catch (const std::exception& error) {
      throw lost(peer, error.what());
    }
  }
  /// The error of a process that lost its connection to another one: the first failure of all.
  Error lost(int peer, const std::string& reason) {
    const bool late = reason.find("imed out") != std::string::npos;
    std::string first = late ? place_name(peer, size()) + " did not answer in time"
                             : place_name(peer, size()) + " has ended";
    try {
      // A process that fails says so before it closes its connections.
      if (store_->check({kFailures}) && store_->add(kFailures, 0) > 0) {
        const auto bytes = store_->get(kFailure);
        first.assign(bytes.begin(), bytes.end());
        store_->add(kTold, 1);
      } else {
        note_failure(first);
        if (!late) ++ended_;
      }
    } catch (const std::exception&) {
      if (!late) first = peer == 0 ? first : "process 0 has ended, and " + first;
    }
    return Error("the training on several processes has ended").got("{}", first);
  }

  c10::intrusive_ptr<c10d::Store> store_;
  std::unique_ptr<ProcessGroupGloo> group_;
  int ended_ = 0;  // other processes that have ended without a message
  int tag_ = 0;    // of the next operation
  std::vector<std::vector<float>> free_copies_;  // memory of earlier sums
};

}  // namespace

std::unique_ptr<Processes> connect_processes(const ProcessPlace& place, double seconds) {
  return std::make_unique<GlooProcesses>(place, seconds);
}

}  // namespace wordbridge

#else

namespace wordbridge {

std::unique_ptr<Processes> connect_processes(const ProcessPlace& place, double) {
  throw Error("this program can't train on several processes")
      .at("{}, process {} of {}", place.launcher, place.rank, place.size)
      .got("a LibTorch without Gloo, or no Gloo headers (Debian: libgloo-dev) when it was built");
}

}  // namespace wordbridge

#endif
