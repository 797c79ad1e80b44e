"""Electronic signatures of practitioners on the content of documents.

电子签名法 (2004, amended 2019) art. 13: reliable when the data for making it belong to the signer
alone, were under the signer's control at signing, and any later change of the signature or of the
content can be found; art. 14: then it is equal to a signature by hand.

`from care.signatures.service import sign, verify`.
"""
