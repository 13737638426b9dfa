#pragma once

#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "models/join/join_options.h"

namespace wordbridge {

struct JoinMaps;
class PreparedRows;

/// Computes the maps of daeme, caeme and aaeme from the rows of the shared words of each table.
using AutoencoderTrainer = JoinMaps (*)(const JoinSettings& settings,
                                        const std::vector<PreparedRows>& shared);
/// Programs with LibTorch set train_autoencoder() here. Without it,
/// join_tables() refuses these methods.
void set_autoencoder_trainer(AutoencoderTrainer trainer);

/// Joins word vectors of several models into one table, by the maps of join_maps(), which are
/// computed from the words that all tables have, or by autoencoders that are trained on these
/// words. Each vector is scaled to unit length first
/// (`unit`; a zero vector stays zero), and the mean of the shared words is subtracted (`center`).
///
/// The words are those that all tables have (Words::shared), in the order of the first table, or
/// those of any (Words::all): those of the first table, then the others of the second, and so on. A
/// word that a table does not have counts as zeros in a sum, and is left out of an average.
/// `vocabulary`: if not empty, only these words, in this order.
///
/// The steps() of the result are "join:METHOD,... of ORIGIN + ORIGIN". Tables that are
/// mapped are read block by block: memory is that of the result and of some matrices [sum of the
/// dimensions]^2; autoencoders keep the shared words' vectors in float32. The result does not
/// depend on the number of threads. Error if a method other than concatenation and average has no
/// shared word, if no word remains, or as by join_maps().
EmbeddingTable join_tables(const std::vector<EmbeddingTable>& tables, const JoinSettings& settings,
                           const std::vector<std::string>& vocabulary = {});

}  // namespace wordbridge
