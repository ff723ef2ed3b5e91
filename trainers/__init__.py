"""Sound Stride: trainers whose NASM or ACSM certification was checked, with the proof on the page."""
