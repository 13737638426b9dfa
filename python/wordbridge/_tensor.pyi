from ._core import LanguageModel as LanguageModel
