#pragma once

// The output layers. To add one, include the header of its options and add a line to the list; see
// docs/adding-an-output-layer.md. CMake also reads the list: it compiles LAYER_options.cpp and
// LAYER.cpp, where LAYER is the class name in snake case.

#include "models/output/adaptive_softmax_options.h"
#include "models/output/class_softmax_options.h"
#include "models/output/full_softmax_options.h"
#include "models/output/hierarchical_softmax_options.h"
#include "models/output/nce_options.h"
#include "models/output/sampled_softmax_options.h"

/// X(TYPE, LAYER): class LAYER with options LAYEROptions, configured by `output: {type: TYPE, TYPE:
/// {...}}`.
#define WB_OUTPUT_LAYERS(X)            \
  X(full, FullSoftmax)                 \
  X(classes, ClassSoftmax)             \
  X(hierarchical, HierarchicalSoftmax) \
  X(adaptive, AdaptiveSoftmax)         \
  X(nce, Nce)                          \
  X(sampled, SampledSoftmax)
