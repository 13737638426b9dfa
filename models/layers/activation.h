#pragma once

namespace wordbridge {

/// Activation function of the hidden units.
enum class Activation { tanh, sigmoid, relu, identity };

}  // namespace wordbridge
