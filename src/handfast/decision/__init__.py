"""From comparison scores to an outcome: calibration, fusion, policy, decision. Pure; nothing here reads a database."""
