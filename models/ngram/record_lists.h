#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/huge_pages.h"
#include "core/index.h"
#include "core/io/file.h"

namespace wordbridge {

/// Lists of records that are written side by side and then read, in memory or in a temporary file
/// without a name. T is trivially copyable.
template <class T>
class RecordLists {
  struct Piece {
    std::size_t size;
    T* records;              // in memory
    std::uint64_t position;  // in the file
  };
  struct List {
    T* open = nullptr;  // the last piece
    std::size_t size = 0;
    std::vector<Piece> pieces;
  };

 public:
  /// Records are written and read in pieces of `piece`. `folder` of the file; empty: in memory.
  RecordLists(std::int64_t lists, std::size_t piece, const fs::path& folder)
      : piece_(piece), lists_(at(lists)) {
    if (folder.empty()) return;
    file_ = std::make_unique<ScratchFile>(folder);
    slab_pieces_ = lists_.size();
  }

  /// Error if the disk is full.
  void push(std::int64_t list, const T& record) {
    List& to = lists_[at(list)];
    if (to.open == nullptr) to.open = new_piece();
    to.open[to.size++] = record;
    if (to.size == piece_) close(to);
  }
  /// To be called after the last push().
  void finish() {
    for (List& list : lists_) close(list);
    if (file_) slabs_ = {};
  }

  /// Calls `use(T* records, size)` for all pieces of a list in order, and keeps the changes that it
  /// makes. May be called from several threads for different lists.
  template <class F>
  void change(std::int64_t list, const F& use) {
    std::vector<T> records;
    for (const Piece& piece : lists_[at(list)].pieces) {
      if (file_) {
        records.resize(piece.size);
        file_->read(piece.position, records.data(), piece.size * sizeof(T));
        use(records.data(), piece.size);
        file_->write(piece.position, records.data(), piece.size * sizeof(T));
      } else {
        use(piece.records, piece.size);
      }
    }
  }

  /// Reads the records of a list one after another.
  class Reader {
   public:
    Reader(const RecordLists& lists, std::int64_t list)
        : from_(lists), list_(lists.lists_[at(list)]) {}
    const T& next() {
      if (left_ == 0) open_next();
      --left_;
      return *next_++;
    }

   private:
    void open_next() {
      const Piece& piece = list_.pieces[piece_++];
      left_ = piece.size;
      next_ = piece.records;
      if (!from_.file_) return;
      records_.resize(piece.size);
      from_.file_->read(piece.position, records_.data(), piece.size * sizeof(T));
      next_ = records_.data();
    }

    const RecordLists& from_;
    const List& list_;
    std::size_t piece_ = 0, left_ = 0;
    const T* next_ = nullptr;
    std::vector<T> records_;  // from the file
  };

 private:
  T* new_piece() {
    if (free_pieces_ == 0) {
      slabs_.emplace_back(slab_pieces_ * piece_);
      free_pieces_ = slab_pieces_;
    }
    return slabs_.back().data() + --free_pieces_ * piece_;
  }
  void close(List& list) {
    if (list.size == 0) return;
    if (file_) {
      list.pieces.push_back({list.size, nullptr, file_->size()});
      file_->append(list.open, list.size * sizeof(T));
    } else {
      list.pieces.push_back({list.size, list.open, 0});
      list.open = nullptr;
    }
    list.size = 0;
  }

  std::size_t piece_;
  std::unique_ptr<ScratchFile> file_;
  std::vector<List> lists_;
  std::vector<std::vector<T, HugePages<T>>> slabs_;  // memory of pieces
  std::size_t slab_pieces_ = 256, free_pieces_ = 0;  // pieces of a slab, and free ones of the last
};

}  // namespace wordbridge
