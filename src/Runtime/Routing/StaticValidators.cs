using Prebake.Http;

namespace Prebake.Routing;

/// <summary>What the conditions of a request are compared with when a finished response answers it.</summary>
internal static class StaticValidators
{
    extension(Validators)
    {
        public static Validators Of(in StaticBlock block, RequestHead head) => Validators.In(block.Head, block.EntityTag, head);
    }
}
