#include "core/websocket/reader.h"
