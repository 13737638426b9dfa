#include "models/lstm/lstm_options.h"

namespace wordbridge {

LstmOptions::LstmOptions() {
  features.scale = 0.1;
  sequences.length = 35;  // Zaremba et al. 2014
  sequences.state = SequenceOptions::State::carry;
}

FieldGroup LstmOptions::describe() {
  FieldGroup group{"lstm",
                   "Recurrent language model of LSTM layers (Hochreiter and Schmidhuber 1997; "
                   "Zaremba et al. 2014): [i f o g] = W x_t + U h_t-1 + b; c_t = sigm(f) c_t-1 + "
                   "sigm(i) tanh(g); h_t = sigm(o) tanh(c_t)"};
  group.add(Field{"dim", &dim, "cells per layer, and features per word", between(1, 8192)})
      .add(Field{"layers", &layers, "number of layers", between(1, 256)});
  describe_rest(group);
  return group;
}

void LstmOptions::choose(const TextSize& text, int effort, ChosenSettings& chosen) {
  chosen.choose("model.lstm.layers", layers, std::int64_t{text.tokens < 2'500'000 ? 1 : 2},
                size_text(text));
  chosen.choose("train.lr", lr, 5e-3, "usual for lstm");
  SequenceModelOptions::choose(text, effort, chosen);
}

std::unique_ptr<ModelOptions> make_lstm_options() { return std::make_unique<LstmOptions>(); }

}  // namespace wordbridge
