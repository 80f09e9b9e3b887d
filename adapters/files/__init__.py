"""Files under keys: the words in ``store``, two stores in ``disk`` and ``s3``, disk's URLs in ``signing``."""
