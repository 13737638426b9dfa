#include "report/expected/expression.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr int kMostLevels = 100;

std::vector<std::string> tokens_of(std::string_view text) {
  constexpr std::string_view kSingle = "()*/,", kSpace = " \t\n";
  std::vector<std::string> tokens;
  bool is_inside = false;
  for (const char c : text) {
    const bool is_single = kSingle.find(c) != kSingle.npos;
    if (is_single || kSpace.find(c) != kSpace.npos) {
      is_inside = false;
      if (is_single) tokens.emplace_back(1, c);
      continue;
    }
    if (!is_inside) tokens.emplace_back();
    is_inside = true;
    tokens.back() += c;
  }
  return tokens;
}

/// Recursive descent: sum = product {(+|-) product}, product = factor {(*|/) factor}.
class ExpressionReader {
 public:
  ExpressionReader(const std::string& text, const std::function<double(const std::string&)>& value)
      : text_(text), tokens_(tokens_of(text)), value_of_(value) {}

  double read() {
    const double value = sum(0);
    if (position_ < tokens_.size()) refuse("an operator");
    return value;
  }

 private:
  [[noreturn]] void refuse(const std::string& expected) const {
    throw Error("not an expression")
        .expected("{} in '{}'", expected, printable(text_, 200))
        .got("{}", position_ < tokens_.size() ? printable(tokens_[position_]) : "its end");
  }
  bool take(std::string_view token) {
    if (position_ == tokens_.size() || tokens_[position_] != token) return false;
    ++position_;
    return true;
  }

  double sum(int level) {
    if (level > kMostLevels) refuse("fewer parentheses");
    double value = product(level);
    while (true) {
      if (take("+")) {
        value += product(level);
      } else if (take("-")) {
        value -= product(level);
      } else {
        return value;
      }
    }
  }
  double product(int level) {
    double value = factor(level);
    while (true) {
      if (take("*")) {
        value *= factor(level);
      } else if (take("/")) {
        value /= factor(level);
      } else {
        return value;
      }
    }
  }
  double factor(int level) {
    if (take("(")) return closed(sum(level + 1));
    constexpr std::string_view kOperators = "()*/,+-";
    if (position_ == tokens_.size() || kOperators.find(tokens_[position_]) != kOperators.npos)
      refuse("a number or a name");
    const std::string name = tokens_[position_++];
    if (take("(")) return function(name, level);
    const auto number = parse_double(name);
    return number ? *number : value_of_(name);
  }
  double closed(double value) {
    if (!take(")")) refuse(")");
    return value;
  }
  double function(const std::string& name, int level) {
    std::vector<double> values;
    do values.push_back(sum(level + 1));
    while (take(","));
    const auto count = static_cast<double>(values.size());
    if (name == "abs" && values.size() == 1) return closed(std::abs(values[0]));
    if (name == "min") return closed(*std::min_element(values.begin(), values.end()));
    if (name == "max") return closed(*std::max_element(values.begin(), values.end()));
    if (name == "mean") return closed(std::accumulate(values.begin(), values.end(), 0.0) / count);
    if (name == "median") {
      std::sort(values.begin(), values.end());
      const std::size_t half = values.size() / 2;
      return closed(values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2);
    }
    throw Error("unknown function")
        .at("'{}'", printable(text_, 200))
        .expected("min, max, mean, median, or abs of one number")
        .got("{}", printable(name));
  }

  const std::string& text_;
  std::vector<std::string> tokens_;
  const std::function<double(const std::string&)>& value_of_;
  std::size_t position_ = 0;
};

}  // namespace

double evaluate(const std::string& expression,
                const std::function<double(const std::string& name)>& value_of) {
  return ExpressionReader(expression, value_of).read();
}

}  // namespace wordbridge
