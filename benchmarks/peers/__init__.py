"""What we are measured against: each as its own users would set it up, over the very same
articles.
"""
