#pragma once

#include <Eigen/Dense>

namespace wordbridge {

/// The two linear maps of an alignment: x -> x source, z -> z target.
struct AlignmentMaps {
  Eigen::MatrixXd source, target;
};

/// What alignment_maps() does in addition to the rotation.
struct MapOptions {
  bool whiten = false;
  double reweight = 0;
  bool dewhiten = false;
  /// Whether both spaces are mapped; otherwise the target's map is the identity.
  bool changes_target() const { return whiten || reweight != 0 || dewhiten; }
};

/// The maps for pairs of rows x_i and z_i, from the sums of x_i^T x_i, z_i^T z_i and x_i^T z_i
/// (Artetxe, Labaka and Agirre 2018, "Generalizing and Improving Bilingual Word Embedding Mappings
/// with a Multi-Step Framework of Linear Transformations"). With the whitening A = (sum x_i^T
/// x_i)^-1/2, B likewise of z, or the identity, and the singular value decomposition A (sum x_i^T
/// z_i) B = U S V^T:
///
///     source = A U S^p D V^T,  target = B V S^p E V^T,
///
/// where p is `reweight`, and D = U^T A^-1 U and E = V^T B^-1 V if `dewhiten`, otherwise the
/// identity. All is rotated by V^T in the end, so that without these steps `target` is the identity
/// and `source` the orthogonal map U V^T of procrustes(), which pads the shorter rows if the
/// dimensions differ. Error if the rows of one side do not have the full rank that whitening needs,
/// with the rank found, and if the dimensions differ in steps that change the target.
AlignmentMaps alignment_maps(const Eigen::MatrixXd& source_products,
                             const Eigen::MatrixXd& target_products,
                             const Eigen::MatrixXd& cross_products, const MapOptions& options);

}  // namespace wordbridge
