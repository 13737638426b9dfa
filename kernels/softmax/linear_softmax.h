#pragma once

#include "kernels/softmax/softmax_problem.h"

namespace wordbridge {

/// Whether this CPU has products of bfloat16 numbers (AVX512_BF16).
bool has_bfloat16_softmax();

/// ln P(target) of each example -> log_prob [B].
void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob);

/// The mean over the examples of -ln P(target), and its gradients, written to where the problem
/// says. The logits never exist as a whole: examples are taken in blocks, whose exponentials are
/// kept (so no product is made twice) in memory that does not depend on B. Blocks of the vocabulary
/// are worked on in parallel; their borders, and the order in which their parts are summed, depend
/// on V and B alone, so the bits do not depend on the number of threads.
/// After Milakov and Gimelshein 2018 (online normaliser) and Wijmans et al. 2024 (Cut Your Losses:
/// blocks, filter); unlike the latter nothing is computed again.
double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options = {});

}  // namespace wordbridge
