"""AWS, read and changed live: the only package that imports boto3."""
