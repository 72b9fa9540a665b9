#include "core/websocket/frame_reader.h"
