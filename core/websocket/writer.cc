#include "core/websocket/writer.h"
