#pragma once

namespace wordbridge {

/// From now on SIGINT and SIGTERM only set a flag, so that long work can save and stop; a second
/// one ends the process at once. Also ignores SIGPIPE and SIGXFSZ: a failed write is an Error.
void catch_interrupts();
bool interrupted();

}  // namespace wordbridge
