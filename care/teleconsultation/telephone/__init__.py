"""电话联系: telephone calls about a consultation, written down by hand when video is impossible."""
