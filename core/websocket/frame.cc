#include "core/websocket/frame.h"
