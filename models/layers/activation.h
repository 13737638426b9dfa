#pragma once

namespace wordbridge {

/// The function of a hidden layer's units.
enum class Activation { tanh, sigmoid, relu, identity };

}  // namespace wordbridge
