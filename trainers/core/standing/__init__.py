"""What a credential comes to on a day: claimed against shown, checks weighed, one status and its words. Pure."""
