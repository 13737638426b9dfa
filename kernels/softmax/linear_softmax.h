#pragma once

#include "kernels/softmax/softmax_problem.h"

namespace wordbridge {

/// Whether this CPU supports bfloat16 products (AVX512_BF16).
bool has_bfloat16_softmax();

/// Computes ln P(target) of each example, log_prob [B].
void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob);

/// Returns the mean of -ln P(target) over the examples and writes its gradients to the pointers of
/// `softmax`. The full logits are never materialised: examples are processed in blocks, whose
/// exponentials are kept (so that no product is computed twice) in memory that does not depend on
/// B. Blocks of the vocabulary are processed in parallel. Their boundaries and the order in which
/// their parts are summed depend only on V and B, so the bits do not depend on the number of
/// threads. After Milakov and Gimelshein 2018 (online normaliser) and Wijmans et al. 2024 (Cut Your
/// Losses: blocks, filter). Unlike the latter, nothing is recomputed.
double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options = {});

/// The same for a process that computes a part of the vocabulary, in float32. The exponentials of
/// at most 1024 examples are kept, so that the processes rarely have to wait for each other.
/// Returns the loss over the whole vocabulary, and writes the complete gradients of the weights and
/// biases of its words only. Its gradients of x are those of its words, to be summed over all
/// processes; the sum of its shares' in pairs, then of pairs of pairs, ..., if their number is a
/// power of two. All results have the same bits for any division of the shares into powers of two,
/// if the sums over processes go on in pairs.
double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxPart& part,
                                const SoftmaxOptions& options = {});

/// The words [begin, end) of a part.
struct WordRange {
  std::int64_t begin, end;
};
WordRange words_of(const SoftmaxPart& part, std::int64_t vocabulary);

}  // namespace wordbridge
