#pragma once

// The output layers. A new one adds the header of its options, and its line to the list; see
// docs/adding-an-output-layer.md. CMake reads the list too: it compiles LAYER_options.cpp and
// LAYER.cpp, where LAYER is the class's name in snake case.

#include "models/output/adaptive_softmax_options.h"
#include "models/output/class_softmax_options.h"
#include "models/output/full_softmax_options.h"
#include "models/output/hierarchical_softmax_options.h"
#include "models/output/nce_options.h"
#include "models/output/sampled_softmax_options.h"

/// X(TYPE, LAYER): the class LAYER with its options LAYEROptions is `output: {type: TYPE, TYPE:
/// {...}}`.
#define WB_OUTPUT_LAYERS(X)            \
  X(full, FullSoftmax)                 \
  X(classes, ClassSoftmax)             \
  X(hierarchical, HierarchicalSoftmax) \
  X(adaptive, AdaptiveSoftmax)         \
  X(nce, Nce)                          \
  X(sampled, SampledSoftmax)
