"""The dependency parse of a sentence: words, case markers, verb groups, noun phrases.

Relations are those of the Hindi Dependency Treebank (Begum et al. 2008), after Panini:
k1 (karta, the doer), k2 (karma, the object), k3 (instrument), k4 (recipient), k5
(source), k7t and k7p (time and place), r6 (genitive), pof (the noun of a light-verb
construction), ccof (conjunct), nmod and vmod (what modifies a noun or a verb), lwg
(function words of a local word group). `universal` reads other parses so.

Which words name events and what fills their roles is not here.
"""
