package io.sluice.cli.load;

import io.sluice.cli.core.Percentiles;
import java.util.Optional;

/**
 * What a load run measured.
 *
 * @param records how many objects were written
 * @param writtenSeconds from the first write to the last acknowledgement
 * @param syncSeconds from the first write until the last binding and the last grant were read
 * @param changes from the write of a changed Pod until its new binding was read
 * @param changesLost changes whose binding did not arrive in time
 * @param failovers from the last beat of a node that dies until the last of its addresses was
 *     granted elsewhere, and read
 * @param allocatorResidentMebibytes the allocator's resident memory at the end; empty if it is not
 *     ours
 */
public record LoadReport(
    LoadShape shape,
    int records,
    double writtenSeconds,
    double syncSeconds,
    Percentiles changes,
    int changesLost,
    Percentiles failovers,
    Optional<Long> allocatorResidentMebibytes) {}
