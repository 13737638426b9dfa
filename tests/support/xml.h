#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Name, attributes and text (with entities resolved) of an element, for example
/// {"text", "", "king"}.
struct XmlElement {
  std::string name, attributes, text;
};

/// Reads a document. The test fails if it is not well-formed: unmatched tags, unquoted attribute
/// values, a bare & or <, control characters. Supports the subset of XML that figures use.
inline std::vector<XmlElement> read_xml(std::string_view text) {
  const std::vector<std::pair<std::string_view, char>> entities = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
  std::vector<XmlElement> elements;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << "control character at " << i;
    if (c != '<') {
      std::string resolved(1, c);
      std::size_t size = 1;
      if (c == '&') {
        size = 0;
        for (const auto& [entity, character] : entities)
          if (text.substr(i, entity.size()) == entity) size = entity.size(), resolved = character;
        EXPECT_GT(size, 0u) << "bare & at " << i;
        if (size == 0) return elements;
      }
      if (!open.empty()) elements[open.back()].text += resolved;
      i += size;
      continue;
    }
    const std::size_t end = text.find('>', i);
    if (end == text.npos) {
      ADD_FAILURE() << "a tag is not closed";
      return elements;
    }
    std::string_view tag = text.substr(i + 1, end - i - 1);
    i = end + 1;
    EXPECT_EQ(tag.find('<'), tag.npos) << "bare < in " << tag;
    if (tag.front() == '?') continue;
    if (tag.front() == '/') {
      if (open.empty() || elements[open.back()].name != tag.substr(1)) {
        ADD_FAILURE() << "</" << tag.substr(1) << "> has no matching start tag";
        return elements;
      }
      open.pop_back();
      continue;
    }
    const bool closed = tag.back() == '/';
    if (closed) tag.remove_suffix(1);
    const std::size_t space = std::min(tag.find(' '), tag.size());
    XmlElement element{std::string(tag.substr(0, space)), std::string(tag.substr(space)), {}};
    bool quoted = false;
    for (std::size_t k = 0; k < element.attributes.size(); ++k) {
      if (element.attributes[k] == '"') quoted = !quoted;
      if (element.attributes[k] == '=' && !quoted) {
        EXPECT_EQ(element.attributes[k + 1], '"') << tag;
      }
    }
    EXPECT_FALSE(quoted) << tag;
    elements.push_back(std::move(element));
    if (!closed) open.push_back(elements.size() - 1);
  }
  EXPECT_TRUE(open.empty()) << "an element is not closed";
  return elements;
}

/// Returns the text of each element with the given name.
inline std::vector<std::string> texts_of(std::string_view document, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& element : read_xml(document))
    if (element.name == name) texts.push_back(element.text);
  return texts;
}

}  // namespace wordbridge
