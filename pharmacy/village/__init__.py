"""村卫生室代收: a clinic takes a batch in, keeps its residents' bags and gives them out."""
