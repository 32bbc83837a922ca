"""Train, speed up and package Stanza's networks."""
