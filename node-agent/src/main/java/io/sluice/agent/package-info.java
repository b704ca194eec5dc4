/** The agent of a node: its loop, and the program that puts the parts together. */
package io.sluice.agent;
