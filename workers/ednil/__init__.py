"""Events of disasters and violence as EDNIL 2020 marks them: reader, score, tagger."""
