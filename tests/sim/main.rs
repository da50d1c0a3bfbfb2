//! Integration tests of sim.
