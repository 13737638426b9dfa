#include "data/text/gcide_text.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace wordbridge {
namespace {

/// The words and punctuation, separated by single blanks.
std::string plain(std::string_view entry) {
  std::string text;
  for (const char c : gcide_text(entry))
    if (c != ' ' && c != '\n')
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
  return std::string(trimmed(text));
}

TEST(GcideText, KeepsTheDefinitions) {
  EXPECT_EQ(
      plain("Bank \\Bank\\ (b[a^][ng]k), n. [OE. banke; akin to E. bench, and\n"
            "   prob. of Scand. origin; cf. Icel. bakki. See {Bench}.]\n"
            "   1. A mound, pile, or ridge of earth; as, a bank of clouds.\n"
            "      [1913 Webster]\n\n"
            "            They cast up a bank against the city. --2 Sam. xx.\n"
            "                                                  15.\n"
            "      [1913 Webster +PJC]\n\n"
            "   5. (Mining)\n"
            "      (a) The face of the coal. [Obs. or Prov. Eng.]\n"
            "      (b) A deposit of ore (or coal), worked above water level.\n"
            "          [Webster 1913 Suppl. + WordNet 1.5]\n\n"
            "   {To bank a fire}, {To bank up a fire}, to cover the coals.\n"
            "      [PJC]\n\n"
            "   Syn: {Mound}, heap\n"
            "        [WordNet sense 2]\n"),
      "Bank A mound, pile, or ridge of earth; as, a bank of clouds. They cast up a bank against "
      "the city. --2 Sam. xx. 15. The face of the coal. A deposit of ore (or coal), worked "
      "above water level. To bank a fire, To bank up a fire, to cover the coals. Mound, heap");
}

TEST(GcideText, Headers) {
  EXPECT_EQ(plain("Liane \\Li*ane\"\\ (l[-i]*[=a]n\"), Liana \\Li*a\"na\\\n"
                  "   (l[-i]*[=a]\"n[.a]), n. [F. liane; prob. akin to lien a band.\n"
                  "   Cf. {Lien}, n. ] (Bot.)\n"
                  "   A luxuriant woody plant.\n"),
            "Liane Liana A luxuriant woody plant.");
  EXPECT_EQ(plain("Pacify \\Pac\"i*fy\\, v. t. [imp. & p. p. {Pacified}; p. pr. & vb.\n"
                  "   n. {Pacifying}.] [F. pacifier.]\n   [1913 Webster]\n"
                  "   To make to be at peace [with itself].\n"),
            "Pacify To make to be at peace with itself.");
  EXPECT_EQ(
      plain("Abab \\Ab\"ab\\ (?; 277), n.; pl. {Ababs} ([=a]b[e^]z). (R. C. Ch.)\n   See {X}.\n"),
      "Abab Ababs . See X.");
  EXPECT_EQ(plain("Spur-winged \\Spur\"-winged`\\ (-w[i^]ngd`), a. (Zool.)\n"
                  "   {Spur-winged goose} (Zool.), any goose. Also (Naut.) a boat.\n"),
            "Spur-winged Spur-winged goose , any goose. Also a boat.");
  EXPECT_EQ(plain("no spelling\n   here"), "no spelling here");
  EXPECT_EQ(plain(""), "");
}

TEST(GcideText, DecodesLetters) {
  const auto decoded = [](const std::string& text) { return plain("A \\A\\\n   As " + text); };
  EXPECT_EQ(decoded("an a[\"e]roplane, pl[ae]ce, f[oe]tus, fa[,c]ade, ca[~n]on"),
            "A As an aëroplane, plæce, fœtus, façade, cañon");
  EXPECT_EQ(decoded("abb['e], [`a] la, r[^o]le, Z[\"u]rich, l[aum]ufer, c[imac], [*a]nger"),
            "A As abbé, à la, rôle, Zürich, läufer, cī, ånger");
  EXPECT_EQ(decoded("f[oo^]t, [=ae]ther, [.t], 45[deg] 30[min], [sect]2, [thorn][eth] [AE]sop"),
            "A As foot, æther, ṫ, 45° 30′, §2, þð Æsop");
  // Not codes: words inserted in quotations, numbers of senses, unknown ones.
  EXPECT_EQ(decoded("[He] made adenoids[2] of {agar[1]}. [Written also {kussir}.]"),
            "A As He made adenoids of agar. Written also kussir.");
}

TEST(GcideText, DamagedMarkup) {
  EXPECT_EQ(plain("A \\A\n   b [c (d {e"), "A \\A b [c (d e");
  EXPECT_EQ(plain("A \\A\\ ] ) } \\\n   x]"), "A ] ) \\ x]");
  EXPECT_EQ(plain("A \\A\\\n   ()[][[]]"), "A ()");
  const std::string deep(1500, '[');
  EXPECT_EQ(plain("A \\A\\\n   x " + deep + "y" + std::string(1500, ']')), "A x y");
}

}  // namespace
}  // namespace wordbridge
