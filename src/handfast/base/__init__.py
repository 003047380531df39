"""The words everyone uses. numpy and the standard library only; imports nothing else of handfast."""
