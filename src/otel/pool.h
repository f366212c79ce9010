// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory for one kind of object that is made and dropped all the time: each thread keeps some
// blocks back instead of giving them to free(). A block may be dropped by another thread than its
// maker; it is then that thread's.
#pragma once

#include <cstddef>
#include <new>

namespace spawn::otel {

// For std::allocate_shared.
template <typename T>
class PoolAllocator {
 public:
  using value_type = T;

  PoolAllocator() = default;
  template <typename U>  // as allocators do: NOLINTNEXTLINE(google-explicit-constructor)
  PoolAllocator(const PoolAllocator<U>&) {}

  T* allocate(std::size_t count) {
    if (count == 1 && kept.first != nullptr) {
      Block* const block = kept.first;
      kept.first = block->next;
      --kept.count;
      return reinterpret_cast<T*>(block);
    }
    return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count == 1 && kept.count < kMostKept && !kept.over) {
      // What makes the thread's end free them.
      static thread_local const AtEnd at_end;
      (void)at_end;
      kept.first = new (memory) Block{kept.first};
      ++kept.count;
      return;
    }
    ::operator delete(memory);
  }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }

 private:
  static constexpr std::size_t kMostKept = 64;
  struct Block {
    Block* next;
  };
  // No destructor, so that it can be used while the thread's other variables are destroyed.
  struct Kept {
    Block* first;
    std::size_t count;
    bool over;
  };
  struct AtEnd {
    ~AtEnd() {
      kept.over = true;
      while (kept.first != nullptr) {
        Block* const block = kept.first;
        kept.first = block->next;
        ::operator delete(block);
      }
    }
  };
  static_assert(sizeof(T) >= sizeof(Block) && alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  static inline thread_local constinit Kept kept{nullptr, 0, false};
};

}  // namespace spawn::otel
