#pragma once

#include <functional>
#include <string>

namespace wordbridge {

/// Value of an expression of numbers and names, such as "100 * (old - new) / old" or
/// "min(a, b)": + - * / ( ) and the functions min, max, mean, median and abs. A name may hold any
/// characters except spaces, ( ) , * and /, so that + and - need spaces around them. Error if it is
/// not an expression.
double evaluate(const std::string& expression,
                const std::function<double(const std::string& name)>& value_of);

}  // namespace wordbridge
