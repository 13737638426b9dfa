#pragma once

#include <vector>

#include "models/join/join_options.h"

namespace wordbridge {

struct JoinMaps;
class PreparedRows;

/// Trains a MetaAutoencoder on the shared words by Adam, with a learning rate that falls to 0 in a
/// straight line. The order of the words and the noise depend on the seed and the epoch or update
/// only, and results not on the number of threads (hidden_layer.h). Throws Interrupted. Error if
/// the loss is not finite.
JoinMaps train_autoencoder(const JoinSettings& settings, const std::vector<PreparedRows>& shared);

}  // namespace wordbridge
