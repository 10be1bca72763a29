using Prebake.WebSockets;

namespace Prebake;

public abstract partial class WebSocketHandler
{
    private Topics? Topics => null;
    private bool PublishesToSelf => false;
    private TopicMember? NewMember() => null;
}
